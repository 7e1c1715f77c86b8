/*
 * The few calls of libjpeg that the photo pipeline needs, with errors as return values.
 *
 * libjpeg leaves its depths by a function that must not return. Here that function is longjmp, and every setjmp it
 * may go to is in this file: no frame of another language lies between the two. What is called back (reading bytes,
 * asking whether to go on) returns here first, as a number.
 *
 * Planes come out raw: neither chroma upsampling nor colour conversion, each component at n/8 of its own samples.
 *
 * Two things are set that libjpeg's public interface has no words for: the scale of each component, and an inverse DCT
 * around its own (see photo_decoder_start and turned_idct). Both are read back only by code that is compiled with the same
 * headers, of the one version that the manifest pins; tests compare what comes out with other decoders.
 */

#define JPEG_INTERNALS
#include <limits.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jconfig.h"
#include "jpeglib.h"
#include "jerror.h"
#include "jdct.h"

#ifdef WITH_SIMD
extern int jsimd_can_idct_islow(void);
#endif

enum status { DONE = 0, DAMAGED = 1, STOPPED = 2, UNSUPPORTED = 3, NO_MEMORY = 4, READ_FAILED = 5, TOO_MANY_SCANS = 6 };
enum note { NOTE_TRUNCATED = 1, NOTE_DAMAGED = 2, NOTE_EXTRANEOUS = 4 };
/* Fuzzing makes it small: then a file of a few kilobytes runs through it many times. */
#ifndef PHOTO_INPUT_BYTES
#define PHOTO_INPUT_BYTES (64 * 1024)
#endif
enum { INPUT_BYTES = PHOTO_INPUT_BYTES, SPILL_BYTES = 4096, MOST_COMPONENTS = 4, MOST_ROWS = 4 * DCTSIZE };

/* Fills `buffer`; how many bytes, 0 at the end, below 0 if reading failed. */
typedef ptrdiff_t (*read_fn)(void *context, uint8_t *buffer, size_t capacity);
/* Whether to go on: 0 stops. */
typedef int (*watch_fn)(void *context);

struct component {
  uint32_t width, height;   /* samples at the scale of the decode */
  uint32_t stride, rows;    /* what one band writes: bytes a row, rows */
  uint32_t across, down;    /* sampling factors */
};

struct picture {
  uint32_t width, height, components, colour, adobe, multi_scan, across, down;
  uint32_t bands;
  struct component component[MOST_COMPONENTS];
};

struct errors {
  struct jpeg_error_mgr base;
  jmp_buf out;
  int status;
  uint32_t notes;
};

/* How a stored picture is turned to stand upright: at its main diagonal first, then left to right, top to bottom. */
enum turn { SWAP = 1, ACROSS = 2, DOWN = 4 };

/* Eight coefficients, and sixteen samples, of a block: one vector of them each. */
typedef int16_t coefs __attribute__((vector_size(16)));
typedef uint8_t samples __attribute__((vector_size(16)));

struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct errors errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  read_fn read;
  watch_fn watch;
  void *context;
  uint32_t max_scans;
  uint32_t turn;
  int ended;
  coefs signs[DCTSIZE];
  inverse_DCT_method_ptr idct[MOST_COMPONENTS];
  jpeg_component_info upright[MOST_COMPONENTS];
  ISLOW_MULT_TYPE steps[MOST_COMPONENTS][DCTSIZE2];
  uint8_t input[INPUT_BYTES];
};

static void leave(struct errors *errors, int status) {
  errors->status = status;
  longjmp(errors->out, 1);
}

static void on_error(j_common_ptr jpeg) {
  struct errors *errors = (struct errors *)jpeg->err;
  switch (errors->base.msg_code) {
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_PRECISION:
  case JERR_CCIR601_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_SOF_UNSUPPORTED:
    leave(errors, UNSUPPORTED);
    break;
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE:
  case JERR_IMAGE_TOO_BIG:
  case JERR_WIDTH_OVERFLOW:
    leave(errors, NO_MEMORY);
    break;
  default:
    leave(errors, DAMAGED);
  }
}

static void on_message(j_common_ptr jpeg, int level) {
  struct errors *errors = (struct errors *)jpeg->err;
  if (level >= 0)
    return;
  switch (errors->base.msg_code) {
  case JWRN_JPEG_EOF:
    errors->notes |= NOTE_TRUNCATED;
    break;
  case JWRN_EXTRANEOUS_DATA:
    errors->notes |= NOTE_EXTRANEOUS;
    break;
  case JWRN_HIT_MARKER:
  case JWRN_HUFF_BAD_CODE:
  case JWRN_MUST_RESYNC:
  case JWRN_BOGUS_PROGRESSION:
    errors->notes |= NOTE_DAMAGED;
    break;
  default: /* oddities that show nothing wrong */
    break;
  }
}

static void silent(j_common_ptr jpeg) { (void)jpeg; }

static struct jpeg_error_mgr *errors_into(struct errors *errors) {
  struct jpeg_error_mgr *base = jpeg_std_error(&errors->base);
  base->error_exit = on_error;
  base->emit_message = on_message;
  base->output_message = silent;
  return base;
}

/* --- decode --- */

static void source_begin(j_decompress_ptr jpeg) { (void)jpeg; }

/* Bytes into `to`; how many, 0 at the end. */
static size_t read_into(struct decoder *d, uint8_t *to, size_t capacity) {
  ptrdiff_t got = d->ended ? 0 : d->read(d->context, to, capacity);
  if (got < 0 || (size_t)got > capacity)
    leave(&d->errors, READ_FAILED);
  d->ended = got == 0;
  return (size_t)got;
}

static boolean source_fill(j_decompress_ptr jpeg) {
  struct decoder *d = (struct decoder *)jpeg->client_data;
  size_t got = read_into(d, d->input, INPUT_BYTES);
  if (got == 0) {
    /* An end, so that the rows which came are shown. */
    WARNMS(jpeg, JWRN_JPEG_EOF);
    d->input[0] = 0xFF;
    d->input[1] = JPEG_EOI;
    got = 2;
  }
  d->source.next_input_byte = d->input;
  d->source.bytes_in_buffer = got;
  return TRUE;
}

/* libjpeg decodes faster while it sees a few kilobytes ahead: the buffer is filled up before it runs low. */
static void top_up(struct decoder *d) {
  size_t left = d->source.bytes_in_buffer;
  if (left > INPUT_BYTES / 2 || d->ended)
    return;
  memmove(d->input, d->source.next_input_byte, left);
  d->source.next_input_byte = d->input;
  d->source.bytes_in_buffer = left + read_into(d, d->input + left, INPUT_BYTES - left);
}

static void source_skip(j_decompress_ptr jpeg, long bytes) {
  struct decoder *d = (struct decoder *)jpeg->client_data;
  if (bytes <= 0)
    return;
  while ((size_t)bytes > d->source.bytes_in_buffer) {
    bytes -= (long)d->source.bytes_in_buffer;
    source_fill(jpeg);
  }
  d->source.next_input_byte += bytes;
  d->source.bytes_in_buffer -= (size_t)bytes;
}

static void decode_progress(j_common_ptr jpeg) {
  struct decoder *d = (struct decoder *)jpeg->client_data;
  if (d->jpeg.input_scan_number > (int)d->max_scans)
    leave(&d->errors, TOO_MANY_SCANS);
  if (!d->watch(d->context))
    leave(&d->errors, STOPPED);
}

struct decoder *photo_decoder_open(read_fn read, watch_fn watch, void *context, size_t memory, uint32_t max_scans) {
  struct decoder *d = calloc(1, sizeof *d);
  if (!d)
    return NULL;
  d->read = read;
  d->watch = watch;
  d->context = context;
  d->max_scans = max_scans;
  d->jpeg.err = errors_into(&d->errors);
  if (setjmp(d->errors.out)) {
    jpeg_destroy_decompress(&d->jpeg);
    free(d);
    return NULL;
  }
  jpeg_create_decompress(&d->jpeg);
  d->jpeg.client_data = d;
  d->jpeg.mem->max_memory_to_use = memory > LONG_MAX ? LONG_MAX : (long)memory;
  d->source.init_source = source_begin;
  d->source.fill_input_buffer = source_fill;
  d->source.skip_input_data = source_skip;
  d->source.resync_to_restart = jpeg_resync_to_restart;
  d->source.term_source = source_begin;
  d->jpeg.src = &d->source;
  d->progress.progress_monitor = decode_progress;
  d->jpeg.progress = &d->progress;
  return d;
}

void photo_decoder_close(struct decoder *d) {
  jpeg_destroy_decompress(&d->jpeg);
  free(d);
}

uint32_t photo_decoder_notes(const struct decoder *d) { return d->errors.notes; }

int photo_decoder_head(struct decoder *d, struct picture *out) {
  j_decompress_ptr jpeg = &d->jpeg;
  int index;
  if (setjmp(d->errors.out))
    return d->errors.status;
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->num_components < 1 || jpeg->num_components > MOST_COMPONENTS)
    return UNSUPPORTED;
  out->width = jpeg->image_width;
  out->height = jpeg->image_height;
  out->components = (uint32_t)jpeg->num_components;
  out->colour = (uint32_t)jpeg->jpeg_color_space;
  out->adobe = jpeg->saw_Adobe_marker ? 1 : 0;
  out->multi_scan = jpeg_has_multiple_scans(jpeg) ? 1 : 0;
  out->across = (uint32_t)jpeg->max_h_samp_factor;
  out->down = (uint32_t)jpeg->max_v_samp_factor;
  for (index = 0; index < jpeg->num_components; index++) {
    out->component[index].across = (uint32_t)jpeg->comp_info[index].h_samp_factor;
    out->component[index].down = (uint32_t)jpeg->comp_info[index].v_samp_factor;
  }
  return DONE;
}

/* --- blocks of a turned picture --- */

#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define HAS_SHUFFLE 1
#endif
#endif

/* Columns become rows. Interleaving the halves of 2^n items turns the bits of their indices by one place: of 64 items,
 * three times swaps rows and columns. */
static void swap_coefs(coefs *to, const coefs *from) {
#ifdef HAS_SHUFFLE
  coefs now[DCTSIZE], next[DCTSIZE];
  int round, index;
  memcpy(now, from, sizeof now);
  for (round = 0; round < 3; round++) {
    for (index = 0; index < 4; index++) {
      next[2 * index] = __builtin_shufflevector(now[index], now[index + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      next[2 * index + 1] = __builtin_shufflevector(now[index], now[index + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    memcpy(now, next, sizeof now);
  }
  memcpy(to, now, sizeof now);
#else
  int row, column;
  for (row = 0; row < DCTSIZE; row++)
    for (column = 0; column < DCTSIZE; column++)
      to[row][column] = from[column][row];
#endif
}

static void swap_samples(uint8_t *block) {
#ifdef HAS_SHUFFLE
  samples now[4], next[4];
  int round, index;
  memcpy(now, block, sizeof now);
  for (round = 0; round < 3; round++) {
    for (index = 0; index < 2; index++) {
      next[2 * index] = __builtin_shufflevector(now[index], now[index + 2], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                                22, 7, 23);
      next[2 * index + 1] = __builtin_shufflevector(now[index], now[index + 2], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                    29, 14, 30, 15, 31);
    }
    memcpy(now, next, sizeof now);
  }
  memcpy(block, now, sizeof now);
#else
  int row, column;
  for (row = 0; row < DCTSIZE; row++)
    for (column = 0; column < row; column++) {
      uint8_t held = block[row * DCTSIZE + column];
      block[row * DCTSIZE + column] = block[column * DCTSIZE + row];
      block[column * DCTSIZE + row] = held;
    }
#endif
}

/*
 * libjpeg's inverse DCT rounds between columns and rows, so a block and the same block turned come out a level apart here
 * and there, and an encoder makes visible differences of that. Hence a block of a picture that is to be turned is decoded
 * as it will stand, and only its samples go back to where they are stored: the turned picture is the same to the last bit.
 * In coefficients a turn swaps rows and columns, and a mirror takes the sign of every second.
 */
static void turned_idct(j_decompress_ptr jpeg, jpeg_component_info *part, JCOEFPTR block, JSAMPARRAY rows,
                        JDIMENSION column) {
  struct decoder *d = (struct decoder *)jpeg->client_data;
  int index = part->component_index, size = part->DCT_scaled_size, row, at;
  coefs turned[DCTSIZE];
  /* Vector code stores whole words: a row more than there are. */
  uint8_t made[(DCTSIZE + 1) * DCTSIZE] __attribute__((aligned(16)));
  JSAMPROW lines[DCTSIZE];
  memcpy(turned, block, sizeof turned);
  if (d->turn & SWAP)
    swap_coefs(turned, turned);
  for (row = 0; row < DCTSIZE; row++) {
    turned[row] *= d->signs[row];
    lines[row] = made + row * DCTSIZE;
  }
  (*d->idct[index])(jpeg, &d->upright[index], (JCOEFPTR)turned, lines, 0);
  if (size == DCTSIZE) {
    uint64_t line;
    if (d->turn & DOWN)
      for (row = 0; row < DCTSIZE / 2; row++) {
        uint64_t other;
        memcpy(&line, made + row * DCTSIZE, sizeof line);
        memcpy(&other, made + (DCTSIZE - 1 - row) * DCTSIZE, sizeof other);
        memcpy(made + row * DCTSIZE, &other, sizeof other);
        memcpy(made + (DCTSIZE - 1 - row) * DCTSIZE, &line, sizeof line);
      }
    if (d->turn & ACROSS)
      for (row = 0; row < DCTSIZE; row++) {
        memcpy(&line, made + row * DCTSIZE, sizeof line);
        line = __builtin_bswap64(line);
        memcpy(made + row * DCTSIZE, &line, sizeof line);
      }
    if (d->turn & SWAP)
      swap_samples(made);
    for (row = 0; row < DCTSIZE; row++)
      memcpy(rows[row] + column, made + row * DCTSIZE, DCTSIZE);
    return;
  }
  for (row = 0; row < size; row++)
    for (at = 0; at < size; at++) {
      int down = d->turn & SWAP ? at : row, across = d->turn & SWAP ? row : at;
      if (d->turn & DOWN)
        down = size - 1 - down;
      if (d->turn & ACROSS)
        across = size - 1 - across;
      rows[row][column + at] = made[down * DCTSIZE + across];
    }
}

/* Puts turned_idct around what was chosen for each component. */
static void turn_blocks(struct decoder *d) {
  j_decompress_ptr jpeg = &d->jpeg;
  int index, row, column;
  for (row = 0; row < DCTSIZE; row++)
    for (column = 0; column < DCTSIZE; column++) {
      int odd = (d->turn & ACROSS && column % 2) != (d->turn & DOWN && row % 2);
      d->signs[row][column] = odd ? -1 : 1;
    }
  for (index = 0; index < jpeg->num_components; index++) {
    const ISLOW_MULT_TYPE *steps = (const ISLOW_MULT_TYPE *)jpeg->comp_info[index].dct_table;
    for (row = 0; row < DCTSIZE; row++)
      for (column = 0; column < DCTSIZE; column++)
        d->steps[index][row * DCTSIZE + column] =
            steps[d->turn & SWAP ? column * DCTSIZE + row : row * DCTSIZE + column];
    d->upright[index] = jpeg->comp_info[index];
    d->upright[index].dct_table = d->steps[index];
    d->idct[index] = jpeg->idct->inverse_DCT[index];
    jpeg->idct->inverse_DCT[index] = turned_idct;
  }
}

/* `eighths` of its stored size for each component, 1, 2, 4 or 8; `turn` of what is decoded. */
int photo_decoder_start(struct decoder *d, const uint32_t eighths[MOST_COMPONENTS], uint32_t turn, struct picture *out) {
  j_decompress_ptr jpeg = &d->jpeg;
  uint32_t most = 1;
  int index;
  for (index = 0; index < jpeg->num_components; index++) {
    uint32_t own = eighths[index];
    if (own != 1 && own != 2 && own != 4 && own != 8)
      return UNSUPPORTED;
    if (own > most)
      most = own;
  }
  if (setjmp(d->errors.out))
    return d->errors.status;
  d->turn = turn;
  jpeg->raw_data_out = TRUE;
  jpeg->out_color_space = jpeg->jpeg_color_space;
  jpeg->do_block_smoothing = FALSE;
  jpeg->scale_num = most;
  jpeg->scale_denom = 8;
  while (!jpeg_start_decompress(jpeg))
    leave(&d->errors, DAMAGED);
  out->bands = jpeg->total_iMCU_rows;
  for (index = 0; index < jpeg->num_components; index++) {
    jpeg_component_info *part = &jpeg->comp_info[index];
    struct component *told = &out->component[index];
    /* libjpeg decodes colour at a larger scale, to save upsampling that is not done here, and never at a smaller one: up
     * to sixteen times the samples for nothing. What it set up when it started does not depend on that scale. */
    part->DCT_scaled_size = (int)eighths[index];
    part->MCU_sample_width = part->MCU_width * part->DCT_scaled_size;
    told->width = (uint32_t)jdiv_round_up((long)jpeg->image_width * part->h_samp_factor * part->DCT_scaled_size,
                                          (long)jpeg->max_h_samp_factor * 8);
    told->height = (uint32_t)jdiv_round_up((long)jpeg->image_height * part->v_samp_factor * part->DCT_scaled_size,
                                           (long)jpeg->max_v_samp_factor * 8);
    /* The vector IDCTs store whole words: one block more than the widest row. */
    told->stride = (uint32_t)(jround_up((long)part->width_in_blocks, part->h_samp_factor) + 1) * DCTSIZE;
    told->rows = (uint32_t)(part->v_samp_factor * part->DCT_scaled_size);
  }
  (*jpeg->idct->start_pass)(jpeg);
  if (turn)
    turn_blocks(d);
  return DONE;
}

/* One row of MCUs into `planes`, each of `stride * rows` bytes as `photo_decoder_start` told. */
int photo_decoder_band(struct decoder *d, const struct picture *picture, uint8_t *const planes[MOST_COMPONENTS]) {
  j_decompress_ptr jpeg = &d->jpeg;
  JSAMPROW rows[MOST_COMPONENTS][MOST_ROWS];
  JSAMPARRAY arrays[MOST_COMPONENTS];
  JDIMENSION lines = (JDIMENSION)(jpeg->max_v_samp_factor * jpeg->min_DCT_scaled_size);
  uint32_t index, row;
  for (index = 0; index < picture->components; index++) {
    const struct component *part = &picture->component[index];
    for (row = 0; row < part->rows && row < MOST_ROWS; row++)
      rows[index][row] = planes[index] + (size_t)row * part->stride;
    arrays[index] = rows[index];
  }
  if (setjmp(d->errors.out))
    return d->errors.status;
  top_up(d);
  if (jpeg_read_raw_data(jpeg, arrays, lines) != lines)
    return DAMAGED;
  return DONE;
}

/* Reads on to the end of the image, which tells what stands between. */
int photo_decoder_finish(struct decoder *d) {
  if (setjmp(d->errors.out))
    return d->errors.status;
  jpeg_finish_decompress(&d->jpeg);
  return DONE;
}

/* --- encode --- */

struct job {
  const uint8_t *planes[3];
  uint32_t widths[3], heights[3];
  uint32_t components;     /* 1 gray, 3 YCbCr with chroma halved both ways */
  uint32_t thorough;       /* 0: one pass of the fixed codes; 1: trellis and progressive */
  float scale;             /* of the quantisation tables, percent */
  uint8_t *out;
  size_t capacity;
  size_t size;             /* told: bytes of the JPEG, also of one that is larger than the capacity */
  watch_fn watch;
  void *context;
};

struct encoder {
  struct jpeg_compress_struct jpeg;
  struct errors errors;
  struct jpeg_destination_mgr destination;
  struct jpeg_progress_mgr progress;
  struct job *job;
  size_t before;           /* bytes of the buffers that are full */
  size_t current;          /* size of the buffer being filled */
  uint8_t spill[SPILL_BYTES];
};

static void destination_begin(j_compress_ptr jpeg) { (void)jpeg; }

/* The output is full: count what is still to come. */
static boolean destination_full(j_compress_ptr jpeg) {
  struct encoder *e = (struct encoder *)jpeg->client_data;
  e->before += e->current;
  e->current = SPILL_BYTES;
  e->destination.next_output_byte = e->spill;
  e->destination.free_in_buffer = SPILL_BYTES;
  return TRUE;
}

static void destination_end(j_compress_ptr jpeg) {
  struct encoder *e = (struct encoder *)jpeg->client_data;
  e->job->size = e->before + e->current - e->destination.free_in_buffer;
}

static void encode_progress(j_common_ptr jpeg) {
  struct encoder *e = (struct encoder *)jpeg->client_data;
  if (!e->job->watch(e->job->context))
    leave(&e->errors, STOPPED);
}

static void set_up(j_compress_ptr jpeg, const struct job *job) {
  int table, index;
  jpeg->image_width = job->widths[0];
  jpeg->image_height = job->heights[0];
  jpeg->input_components = (int)job->components;
  jpeg->in_color_space = job->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_c_set_int_param(jpeg, JINT_COMPRESS_PROFILE, job->thorough ? JCP_MAX_COMPRESSION : JCP_FASTEST);
  jpeg_set_defaults(jpeg);
  if (job->thorough) {
    jpeg_c_set_bool_param(jpeg, JBOOLEAN_OPTIMIZE_SCANS, FALSE);
    jpeg_simple_progression(jpeg);
  }
  /* Table 2, tuned for MS-SSIM; whole percents would be too coarse a step at high quality. */
  jpeg_c_set_int_param(jpeg, JINT_BASE_QUANT_TBL_IDX, 2);
  jpeg_set_linear_quality(jpeg, 100, TRUE);
  for (table = 0; table < 2; table++)
    for (index = 0; index < DCTSIZE2; index++) {
      UINT16 *value = &jpeg->quant_tbl_ptrs[table]->quantval[index];
      float scaled = (float)*value * job->scale / 100.0f + 0.5f;
      *value = scaled < 1.0f ? 1 : scaled > 255.0f ? 255 : (UINT16)scaled;
    }
  for (index = 0; index < (int)job->components; index++) {
    jpeg->comp_info[index].h_samp_factor = job->components == 3 && index == 0 ? 2 : 1;
    jpeg->comp_info[index].v_samp_factor = job->components == 3 && index == 0 ? 2 : 1;
  }
  jpeg->raw_data_in = TRUE;
}

static void write_planes(j_compress_ptr jpeg, const struct job *job) {
  JSAMPARRAY bands[3];
  uint32_t index, top;
  int lines = jpeg->max_v_samp_factor * DCTSIZE;
  for (index = 0; index < job->components; index++) {
    jpeg_component_info *part = &jpeg->comp_info[index];
    bands[index] = (*jpeg->mem->alloc_sarray)((j_common_ptr)jpeg, JPOOL_IMAGE, part->width_in_blocks * DCTSIZE,
                                              (JDIMENSION)(part->v_samp_factor * DCTSIZE));
  }
  for (top = 0; top < jpeg->total_iMCU_rows; top++) {
    for (index = 0; index < job->components; index++) {
      jpeg_component_info *part = &jpeg->comp_info[index];
      uint32_t rows = (uint32_t)part->v_samp_factor * DCTSIZE, row;
      uint32_t width = job->widths[index], padded = part->width_in_blocks * DCTSIZE;
      for (row = 0; row < rows; row++) {
        /* Whole blocks: the last sample of a row and the last row go on to their end. */
        uint32_t from = top * rows + row < job->heights[index] ? top * rows + row : job->heights[index] - 1;
        JSAMPROW to = bands[index][row];
        memcpy(to, job->planes[index] + (size_t)from * width, width);
        if (padded > width)
          memset(to + width, to[width - 1], padded - width);
      }
    }
    if (jpeg_write_raw_data(jpeg, bands, (JDIMENSION)lines) == 0)
      leave((struct errors *)jpeg->err, DAMAGED);
  }
}

int photo_encode(struct job *job) {
  struct encoder *e = calloc(1, sizeof *e);
  int status;
  if (!e)
    return NO_MEMORY;
  e->job = job;
  e->jpeg.err = errors_into(&e->errors);
  if (setjmp(e->errors.out)) {
    status = e->errors.status;
    jpeg_destroy_compress(&e->jpeg);
    free(e);
    return status;
  }
  jpeg_create_compress(&e->jpeg);
  e->jpeg.client_data = e;
  e->destination.init_destination = destination_begin;
  e->destination.empty_output_buffer = destination_full;
  e->destination.term_destination = destination_end;
  /* libjpeg writes before it looks: it never gets a buffer of no bytes. */
  e->current = job->capacity ? job->capacity : SPILL_BYTES;
  e->destination.next_output_byte = job->capacity ? job->out : e->spill;
  e->destination.free_in_buffer = e->current;
  e->jpeg.dest = &e->destination;
  e->progress.progress_monitor = encode_progress;
  e->jpeg.progress = &e->progress;
  set_up(&e->jpeg, job);
  jpeg_start_compress(&e->jpeg, TRUE);
  write_planes(&e->jpeg, job);
  jpeg_finish_compress(&e->jpeg);
  jpeg_destroy_compress(&e->jpeg);
  free(e);
  return DONE;
}

/* Whether the vector code of this processor is built in. */
int photo_codec_simd(void) {
#ifdef WITH_SIMD
  return jsimd_can_idct_islow();
#else
  return 0;
#endif
}
