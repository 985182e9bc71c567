#ifndef CDEEPFILTER_H
#define CDEEPFILTER_H
#include <stddef.h>

/* DeepFilterNet's C interface. The library is loaded at run time, so only the types of its functions are needed. */
typedef struct DFState DFState;

/* model_path: the .tar.gz with the three networks; attenuation_limit_db: how far noise may be lowered;
   log_level: NULL for none. */
typedef DFState *(*df_create_function)(const char *model_path, float attenuation_limit_db, const char *log_level);
/* Samples of one frame: 480 at 48 kHz. */
typedef size_t (*df_get_frame_length_function)(DFState *state);
/* One mono frame in, one out, both frame_length long; returns the local signal-to-noise ratio in dB. */
typedef float (*df_process_frame_function)(DFState *state, float *input, float *output);
typedef void (*df_free_function)(DFState *state);

#endif
