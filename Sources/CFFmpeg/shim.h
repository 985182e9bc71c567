#ifndef CFFMPEG_SHIM_H
#define CFFMPEG_SHIM_H
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>

/* Constants that FFmpeg writes as casts or calls, which Swift does not import. */
static const int FFmpegEndOfFile = AVERROR_EOF;
static const int FFmpegTryAgain = AVERROR(EAGAIN);
static const int FFmpegInvalidData = AVERROR_INVALIDDATA;
static const int FFmpegStreamNotFound = AVERROR_STREAM_NOT_FOUND;
static const int FFmpegDecoderNotFound = AVERROR_DECODER_NOT_FOUND;
static const int FFmpegPatchWelcome = AVERROR_PATCHWELCOME;
static const int64_t FFmpegNoTime = AV_NOPTS_VALUE;

/* Four characters as the tag that containers use for a codec. */
static inline unsigned int FFmpegTag(char a, char b, char c, char d) { return MKTAG(a, b, c, d); }
#endif
