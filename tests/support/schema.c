/* schema.c - see schema.h. */
#include "schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH 256

struct check {
    const json_t *root; /* the whole schema, for $ref */
    char path[PATH];    /* of the value being checked */
    char *message;
    size_t room;
};

static bool say(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fills the message. Returns false. */
static bool say(struct check *c, const char *format, ...)
{
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    snprintf(c->message, c->room, "%s: %s", c->path[0] ? c->path : "/", reason);
    return false;
}

/* ---- keywords ---- */

static bool of_type(const json_t *value, const char *type)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return strcmp(type, "object") == 0;
    case JSON_ARRAY: return strcmp(type, "array") == 0;
    case JSON_STRING: return strcmp(type, "string") == 0;
    case JSON_INTEGER: return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case JSON_REAL: return strcmp(type, "number") == 0;
    case JSON_TRUE:
    case JSON_FALSE: return strcmp(type, "boolean") == 0;
    case JSON_NULL: return strcmp(type, "null") == 0;
    }
    return false;
}

static bool check_type(struct check *c, const json_t *types, const json_t *value)
{
    size_t i;
    json_t *type;
    if (json_is_string(types))
        return of_type(value, json_string_value(types)) || say(c, "is no %s", json_string_value(types));
    json_array_foreach(types, i, type)
    {
        if (of_type(value, json_string_value(type)))
            return true;
    }
    return say(c, "is of none of the types");
}

static bool check_enum(struct check *c, const json_t *values, const json_t *value)
{
    size_t i;
    json_t *allowed;
    json_array_foreach(values, i, allowed)
    {
        if (json_equal(allowed, value))
            return true;
    }
    return say(c, "\"%s\" is none of the values", json_is_string(value) ? json_string_value(value) : "(no string)");
}

static bool check_required(struct check *c, const json_t *keys, const json_t *value)
{
    size_t i;
    json_t *key;
    json_array_foreach(keys, i, key)
    {
        if (json_is_object(value) && json_object_get(value, json_string_value(key)) == NULL)
            return say(c, "lacks \"%s\"", json_string_value(key));
    }
    return true;
}

static bool check_value(struct check *c, const json_t *schema, const json_t *value);

/* Checks a member or an item, whose place is added to the path for as long. */
static bool check_below(struct check *c, const json_t *schema, const json_t *value, const char *key, size_t index)
{
    size_t len = strlen(c->path);
    if (key != NULL)
        snprintf(c->path + len, PATH - len, "/%s", key);
    else
        snprintf(c->path + len, PATH - len, "/%zu", index);
    bool valid = check_value(c, schema, value);
    c->path[len] = '\0';
    return valid;
}

static bool check_members(struct check *c, const json_t *schema, const json_t *value)
{
    const json_t *properties = json_object_get(schema, "properties");
    bool closed = json_is_false(json_object_get(schema, "additionalProperties"));
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        const json_t *property = json_object_get(properties, key);
        if (property == NULL && closed)
            return say(c, "has an unknown key \"%s\"", key);
        if (property != NULL && !check_below(c, property, member, key, 0))
            return false;
    }
    return true;
}

static bool check_items(struct check *c, const json_t *schema, const json_t *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        if (!check_below(c, schema, item, NULL, i))
            return false;
    }
    return true;
}

static const json_t *resolve(const struct check *c, const char *reference)
{
    static const char prefix[] = "#/$defs/";
    if (strncmp(reference, prefix, strlen(prefix)) != 0)
        return NULL;
    return json_object_get(json_object_get(c->root, "$defs"), reference + strlen(prefix));
}

/* The keywords that say something about any value. */
static bool check_keywords(struct check *c, const json_t *schema, const json_t *value)
{
    const json_t *rule;
    if ((rule = json_object_get(schema, "$ref")) != NULL) {
        const json_t *target = resolve(c, json_string_value(rule));
        if (target == NULL)
            return say(c, "no %s in the schema", json_string_value(rule));
        if (!check_value(c, target, value))
            return false;
    }
    if ((rule = json_object_get(schema, "type")) != NULL && !check_type(c, rule, value))
        return false;
    if ((rule = json_object_get(schema, "const")) != NULL && !json_equal(rule, value))
        return say(c, "is not the one value allowed");
    if ((rule = json_object_get(schema, "enum")) != NULL && !check_enum(c, rule, value))
        return false;
    return true;
}

static bool check_value(struct check *c, const json_t *schema, const json_t *value)
{
    const json_t *rule;
    if (!check_keywords(c, schema, value))
        return false;
    if (json_is_number(value)) {
        double number = json_number_value(value);
        if ((rule = json_object_get(schema, "minimum")) != NULL && number < json_number_value(rule))
            return say(c, "%g is less than %g", number, json_number_value(rule));
        if ((rule = json_object_get(schema, "maximum")) != NULL && number > json_number_value(rule))
            return say(c, "%g is more than %g", number, json_number_value(rule));
    }
    if ((rule = json_object_get(schema, "required")) != NULL && !check_required(c, rule, value))
        return false;
    if (json_is_object(value) && !check_members(c, schema, value))
        return false;
    if (json_is_array(value)) {
        if ((rule = json_object_get(schema, "minItems")) != NULL &&
            json_array_size(value) < (size_t)json_integer_value(rule))
            return say(c, "has too few items");
        if ((rule = json_object_get(schema, "maxItems")) != NULL &&
            json_array_size(value) > (size_t)json_integer_value(rule))
            return say(c, "has too many items");
        if ((rule = json_object_get(schema, "items")) != NULL && !check_items(c, rule, value))
            return false;
    }
    return true;
}

bool schema_check(const json_t *schema, const json_t *value, char *message, size_t room)
{
    struct check c = {.root = schema, .message = message, .room = room};
    return schema_known(schema, message, room) && check_value(&c, schema, value);
}

/* ---- is it a schema that we know? ---- */

static bool known_object(struct check *c, const json_t *schema);

/* Every member of an object of schemas (properties, $defs). */
static bool known_members(struct check *c, const json_t *schemas)
{
    const char *key;
    json_t *schema;
    json_object_foreach((json_t *)schemas, key, schema)
    {
        size_t len = strlen(c->path);
        snprintf(c->path + len, PATH - len, "/%s", key);
        if (!known_object(c, schema))
            return false;
        c->path[len] = '\0';
    }
    return true;
}

static bool known_object(struct check *c, const json_t *schema)
{
    static const char *const plain[] = {"$schema", "$id",     "title",   "description", "$ref",     "type",    "const",
                                        "enum",    "minimum", "maximum", "required",    "minItems", "maxItems"};
    const char *key;
    json_t *rule;
    if (!json_is_object(schema))
        return say(c, "is no schema");
    json_object_foreach((json_t *)schema, key, rule)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            known |= strcmp(key, plain[i]) == 0;
        if (strcmp(key, "properties") == 0 || strcmp(key, "$defs") == 0)
            known = known_members(c, rule);
        else if (strcmp(key, "items") == 0)
            known = known_object(c, rule);
        else if (strcmp(key, "additionalProperties") == 0)
            known = json_is_false(rule) || say(c, "additionalProperties may only be false");
        else if (!known)
            return say(c, "unknown keyword \"%s\"", key);
        if (!known)
            return false;
    }
    return true;
}

bool schema_known(const json_t *schema, char *message, size_t room)
{
    struct check c = {.root = schema, .message = message, .room = room};
    return known_object(&c, schema);
}
