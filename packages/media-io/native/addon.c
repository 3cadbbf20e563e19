/* Node-API over legs.h: numbers and bytes in, numbers out. What calls it has checked its arguments. */
#define NAPI_VERSION 8

#include "legs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 6

/* Of all that passes between C and TypeScript, buffers included; native-module.ts wants the same. */
#define INTERFACE_VERSION 1
#define NO_SUITE (-1)

typedef struct {
    legs *legs;
    /* The shared buffers: they live as long as this does. */
    napi_ref kept;
    int32_t *records_in;
    double *arrivals_ms;
    uint8_t *packets_in;
    int32_t *records_out;
    uint8_t *packets_out;
} media;

typedef struct {
    media *media;
    napi_value values[ARGUMENTS_MAX];
} call;

static call begin(napi_env env, napi_callback_info info)
{
    call made = {0};
    size_t count = ARGUMENTS_MAX;

    napi_get_cb_info(env, info, &count, made.values, NULL, NULL);
    napi_get_instance_data(env, (void **)&made.media);
    return made;
}

static int32_t number_at(napi_env env, const call *of, int index)
{
    int32_t value = 0;
    napi_get_value_int32(env, of->values[index], &value);
    return value;
}

static napi_value number(napi_env env, int32_t value)
{
    napi_value made;
    napi_create_int32(env, value, &made);
    return made;
}

static uint8_t *bytes_at(napi_env env, napi_value array)
{
    void *data = NULL;
    napi_get_typedarray_info(env, array, NULL, NULL, &data, NULL, NULL);
    return data;
}

/* An address as text at `index` and a port behind it; its size, or 0 when it is none. */
static socklen_t address_at(
    napi_env env, const call *of, int index, int32_t port, struct sockaddr_storage *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;

    napi_get_value_string_utf8(env, of->values[index], text, sizeof text, NULL);
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return sizeof *six;
    }
    return 0;
}

/* From suite, key and salt at `index`; `is_wrong` when there is a suite and no context. */
static srtp_context *context_at(napi_env env, const call *of, int index, int *is_wrong)
{
    int32_t suite = number_at(env, of, index);
    srtp_context *context = NULL;

    *is_wrong = 0;
    if (suite == NO_SUITE) return NULL;
    if (suite >= 0 && suite < SRTP_SUITE_COUNT) {
        context = srtp_open((srtp_suite)suite, bytes_at(env, of->values[index + 1]),
            bytes_at(env, of->values[index + 2]));
    }
    *is_wrong = context == NULL;
    return context;
}

/* share(recordsIn, arrivalsMs, packetsIn, recordsOut, packetsOut): called once, before all others. */
static napi_value share(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    napi_value kept;

    napi_create_array_with_length(env, 5, &kept);
    for (uint32_t index = 0; index < 5; index++) napi_set_element(env, kept, index, made.values[index]);
    napi_create_reference(env, kept, 1, &made.media->kept);
    made.media->records_in = (int32_t *)(void *)bytes_at(env, made.values[0]);
    made.media->arrivals_ms = (double *)(void *)bytes_at(env, made.values[1]);
    made.media->packets_in = bytes_at(env, made.values[2]);
    made.media->records_out = (int32_t *)(void *)bytes_at(env, made.values[3]);
    made.media->packets_out = bytes_at(env, made.values[4]);
    return NULL;
}

/* A group at `index`; a wrong one is the first. */
static int group_at(napi_env env, const call *of, int index)
{
    int32_t group = number_at(env, of, index);
    return group >= 0 && group < LEG_GROUPS ? group : 0;
}

/* open(address, group): a leg, or a negative errno. */
static napi_value open_leg(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    struct sockaddr_storage address;
    socklen_t size = address_at(env, &made, 0, 0, &address);

    if (size == 0) return number(env, -22);
    return number(env, leg_open(made.media->legs, group_at(env, &made, 1), (struct sockaddr *)&address, size));
}

/* port(leg) */
static napi_value port(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    return number(env, leg_port(made.media->legs, number_at(env, &made, 0)));
}

/* close(leg) */
static napi_value close_leg(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    leg_close(made.media->legs, number_at(env, &made, 0));
    return NULL;
}

/* listen(leg, suite, key, salt): true when it is done. */
static napi_value listen_with(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    int is_wrong;
    srtp_context *context = context_at(env, &made, 1, &is_wrong);

    if (!is_wrong) leg_listen(made.media->legs, number_at(env, &made, 0), context);
    return number(env, !is_wrong);
}

/* stopListening(leg) */
static napi_value stop_listening(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    leg_stop_listening(made.media->legs, number_at(env, &made, 0));
    return NULL;
}

/* expect(leg, address, port) */
static napi_value expect(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    struct sockaddr_storage source;
    socklen_t size = address_at(env, &made, 1, number_at(env, &made, 2), &source);

    leg_expect(made.media->legs, number_at(env, &made, 0), (struct sockaddr *)&source, size);
    return NULL;
}

/* transmitTo(leg, suite, key, salt, address, port): true when it is done. */
static napi_value transmit_to(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    struct sockaddr_storage remote;
    socklen_t size = address_at(env, &made, 4, number_at(env, &made, 5), &remote);
    int is_wrong;
    srtp_context *context = size == 0 ? NULL : context_at(env, &made, 1, &is_wrong);

    if (size == 0 || is_wrong) return number(env, 0);
    leg_transmit_to(
        made.media->legs, number_at(env, &made, 0), context, (struct sockaddr *)&remote, size);
    return number(env, 1);
}

/* stopTransmitting(leg) */
static napi_value stop_transmitting(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    leg_stop_transmitting(made.media->legs, number_at(env, &made, 0));
    return NULL;
}

/* receive(group): packets of the next batch; 0 when all legs of the group have been read. */
static napi_value receive(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    media *of = made.media;
    int group = group_at(env, &made, 0);
    return number(env, legs_receive(of->legs, group, of->records_in, of->arrivals_ms, of->packets_in));
}

/* send(count): how many of the batch were refused for a mistake of ours. */
static napi_value send_batch(napi_env env, napi_callback_info info)
{
    call made = begin(env, info);
    media *of = made.media;
    int32_t count = number_at(env, &made, 0);
    return number(env, legs_send(of->legs, of->records_out, of->packets_out, count));
}

/* The thread ends: sockets are closed and keys wiped. */
static void end(napi_env env, void *data, void *hint)
{
    media *of = data;

    (void)env;
    (void)hint;
    legs_close(of->legs);
    free(of);
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback made;
    } functions[] = {
        {"share", share},
        {"open", open_leg},
        {"port", port},
        {"close", close_leg},
        {"listen", listen_with},
        {"stopListening", stop_listening},
        {"expect", expect},
        {"transmitTo", transmit_to},
        {"stopTransmitting", stop_transmitting},
        {"receive", receive},
        {"send", send_batch},
    };
    media *of = calloc(1, sizeof *of);
    napi_value version;

    if (of != NULL) of->legs = legs_open();
    if (of == NULL || of->legs == NULL) {
        napi_throw_error(env, "ENOMEM", "no memory for media");
        free(of);
        return NULL;
    }
    napi_set_instance_data(env, of, end, NULL);
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        napi_value made;
        napi_create_function(env, functions[index].name, NAPI_AUTO_LENGTH, functions[index].made, NULL, &made);
        napi_set_named_property(env, exports, functions[index].name, made);
    }
    napi_create_int32(env, INTERFACE_VERSION, &version);
    napi_set_named_property(env, exports, "version", version);
    return exports;
}
