/* A module for ipmi_sim of OpenIPMI: answers DCMI's Get Power Reading, which ipmi_sim itself does
 * not know, with what a text file says. Its one option is the path of that file, which holds eight
 * numbers: completion code, current, minimum, maximum and average watts, milliseconds, state.
 *
 * The declarations are those of OpenIPMI 2.0 (mcserv.h, msg.h), repeated so that no header needs
 * to be installed: only the members up to `len` matter here. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct lmc_data lmc_data;
typedef struct sys_data sys_data;

typedef struct message {
    void *source;
    int source_length;
    long oem_data;
    unsigned char channel;
    void *origin_channel;
    unsigned char authentication;
    uint32_t sequence;
    uint32_t session;
    union {
        struct {
            unsigned char *code;
            unsigned char code_data[16];
        } rmcp;
        struct {
            unsigned char payload, encrypted, authenticated, iana[3];
            uint16_t payload_id;
            unsigned char *data;
            unsigned int length;
        } rmcpp;
    };
    unsigned char netfn, rs_addr, rs_lun, rq_addr, rq_lun, rq_seq, cmd;
    unsigned char *data;
    unsigned int length;
} message;

typedef void (*handler)(lmc_data *, message *, unsigned char *, unsigned int *, void *);
void ipmi_emu_register_group_extension_handler(uint8_t group, handler function, void *context);

enum { GROUP = 0xdc, GET_CAPABILITIES = 1, GET_POWER_READING = 2, INVALID_COMMAND = 0xc1 };

static char *path;

static unsigned char *put(unsigned char *to, unsigned long value, int bytes) {
    for (int i = 0; i < bytes; i++) *to++ = (unsigned char)(value >> (8 * i));
    return to;
}

static void answer(lmc_data *mc, message *request, unsigned char *reply, unsigned int *length,
                   void *context) {
    (void)mc, (void)context;
    unsigned long value[7] = {0};
    unsigned char *to = reply + 2;
    reply[1] = GROUP;
    *length = 1;
    FILE *file = fopen(path, "r");
    reply[0] = file ? 0 : 0xff;
    if (!file) return;
    for (int i = 0; i < 7; i++)
        if (fscanf(file, "%lu", &value[i]) != 1) reply[0] = 0xff;
    fclose(file);
    if (request->cmd != GET_POWER_READING) reply[0] = INVALID_COMMAND;
    else if (reply[0] == 0) reply[0] = (unsigned char)value[0];
    if (reply[0] != 0) return;
    for (int i = 1; i < 5; i++) to = put(to, value[i], 2);
    to = put(to, 1562142624, 4); /* a time stamp: 2019-07-03 08:30:24 */
    to = put(to, value[5], 4);
    to = put(to, value[6], 1);
    *length = (unsigned int)(to - reply);
}

int ipmi_sim_module_print_version(sys_data *sys, char *options) {
    (void)sys, (void)options;
    return 0;
}

int ipmi_sim_module_init(sys_data *sys, const char *options) {
    (void)sys;
    path = strdup(options);
    ipmi_emu_register_group_extension_handler(GROUP, answer, NULL);
    return 0;
}
