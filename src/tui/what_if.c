/* what_if.c - the face of what differs from the trace that was opened: a branch of it, or another configuration. */
#include "tui/dashboard.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static int put_face_words(struct dashboard *d, const char *words)
{
    for (; *words; words++)
        if (vec_push(&d->face, *words))
            return -1;
    return 0;
}

/* Appends "KEY value" of a setting that the base does not have. 0 or -1. */
static int put_setting(struct dashboard *d, enum config_key key, uint64_t value)
{
    const char *const *words = config_key_choices(key);
    char number[TEXT_NUMBER_ROOM], text[128];
    bool bytes = words == NULL && value >= 1024 && value % 1024 == 0;
    if (!words && bytes)
        text_print_size(number, value);
    else if (!words)
        text_print_number(number, value);
    snprintf(text, sizeof text, "%s%s=%s", d->face.len > 0 ? ", " : "WHAT IF ", config_key_word(key),
             words ? words[value] : number);
    return put_face_words(d, text);
}

int what_if_put_face(struct dashboard *dashboard)
{
    struct dashboard *d = dashboard;
    d->face.len = 0;
    d->scene.face = NULL;
    d->scene.what_if = false;
    if (!d->base)
        return 0;
    const struct settings *now = &d->player->options.settings, *then = &d->base->options.settings;
    if ((now->profile != then->profile || now->era != then->era) &&
        (put_face_words(d, "WHAT IF ") ||
         put_face_words(d, now->profile != then->profile ? profile_word(now->profile) : era_word(now->era))))
        return -1;
    for (enum config_key key = 0; key < KEY_COUNT; key++)
        if ((now->origin[key] != then->origin[key] || now->value[key] != then->value[key]) &&
            now->origin[key] == SETTING_OPTION && put_setting(d, key, now->value[key]))
            return -1;
    d->scene.what_if = d->face.len > 0;
    if (d->branch.lengths.len > 0 && put_face_words(d, d->face.len > 0 ? ", BRANCH" : "BRANCH"))
        return -1;
    if (put_face_words(d, " (:return)") || vec_push(&d->face, '\0'))
        return -1;
    d->scene.face = d->face.data;
    return 0;
}
