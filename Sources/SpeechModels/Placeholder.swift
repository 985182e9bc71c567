// SpeechModels
