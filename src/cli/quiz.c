/*
 * quiz.c - "heapreel quiz": goes through the questions of a trace, takes the answers, says which are right, and keeps
 * the score.
 *
 * A question comes at its moment, after what the trace says and does before it. With choices, the answer is a letter;
 * without, the pupil compares.
 */
#include "base/text.h"
#include "base/writer.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/traces.h"
#include "report/report.h"
#include "report/sink.h"
#include "trace/question.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 78

static const struct option_spec specs[] = {
    {"json", "FILE", "write the answers and the score as JSON"},
    {"answers", "FILE", "take the answers from a file, a line each"},
};
enum { QUIZ_JSON, QUIZ_ANSWERS, QUIZ_OPTION_COUNT };

/* A question that has been put. */
struct put {
    uint64_t line;
    char *question, *given, *right; /* owned */
    bool correct;
};

struct quiz {
    struct run_options options;
    const char *json, *answers;
    FILE *in;
    bool quiet;  /* nobody is there: answers come from a file */
    bool titled; /* the title has been printed */
    bool ended;  /* no more answers */
    bool failed;
    VEC(struct put) list;
    uint64_t score;
};

/* ---- text ---- */

/* Prints text in lines of COLUMNS, after an indentation. */
static void print_wrapped(const char *text, size_t len, unsigned indent)
{
    size_t column = 0, at = 0;
    struct text_word word;
    while ((word = text_next(text, len, &at)).len > 0) {
        if (column > 0 && column + 1 + word.len > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (column == 0) {
            printf("%*s", (int)indent, "");
            column = indent;
        } else {
            putchar(' ');
            column++;
        }
        struct out out;
        out_to_memory(&out);
        column += out_safe(&out, word.text, word.len, word.len);
        fwrite(out.data, 1, out.len, stdout);
        out_drop(&out);
    }
    putchar('\n');
}

/* The next answer: new, without the end of its line; NULL at the end. */
static char *read_answer(struct quiz *q)
{
    char *line = NULL;
    size_t room = 0;
    fflush(stdout);
    ssize_t len = getline(&line, &room, q->in);
    if (len < 0) {
        free(line);
        q->ended = true;
        return NULL;
    }
    struct text_word word = text_trim(line, (size_t)len - (len > 0 && line[len - 1] == '\n'));
    memmove(line, word.text, word.len);
    line[word.len] = '\0';
    return line;
}

/* ---- questions ---- */

static bool choice_is(const char *given, unsigned right)
{
    return given[0] != '\0' && given[1] == '\0' && tolower((unsigned char)given[0]) == 'a' + (int)right;
}

/* Without choices, nobody can tell but the pupil. */
static bool compares(struct quiz *q)
{
    printf("Was that your answer? (y/n) ");
    char *said = read_answer(q);
    if (q->quiet && said != NULL)
        printf("%s\n", said);
    bool yes = said != NULL && (said[0] == 'y' || said[0] == 'Y');
    free(said);
    return yes;
}

static void put_question(const struct question *question)
{
    putchar('\n');
    print_wrapped(question->text.text, question->text.len, 0);
    for (unsigned i = 0; i < question->count; i++) {
        printf("  %c) ", 'a' + (int)i);
        struct out out;
        out_to_memory(&out);
        out_safe(&out, question->choices[i].text, question->choices[i].len, COLUMNS - 5);
        fwrite(out.data, 1, out.len, stdout);
        out_drop(&out);
        putchar('\n');
    }
    printf(question->count > 0 ? "a letter> " : "your answer> ");
}

static void judge(struct quiz *q, const struct question *question, const char *given, bool *correct)
{
    *correct = question->count > 0 && choice_is(given, question->right);
    if (question->count > 0) {
        printf(*correct ? "Right.\n" : "No: %c) ", 'a' + (int)question->right);
        if (!*correct)
            print_wrapped(question->answer.text, question->answer.len, 0);
        if (question->why.len > 0)
            print_wrapped(question->why.text, question->why.len, 2);
        return;
    }
    print_wrapped(question->answer.text, question->answer.len, 2);
    *correct = compares(q);
}

static void ask(struct quiz *q, const struct trace_event *event)
{
    struct question question;
    if (q->ended || question_parse(event->text, event->text_len, &question) != NULL)
        return;
    put_question(&question);
    struct put put = {.line = event->line, .given = read_answer(q)};
    if (put.given == NULL)
        return;
    if (q->quiet)
        printf("%s\n", put.given);
    judge(q, &question, put.given, &put.correct);
    put.question = strndup(question.text.text, question.text.len);
    put.right = strndup(question.answer.text, question.answer.len);
    q->score += put.correct;
    if (put.question == NULL || put.right == NULL || vec_push(&q->list, put))
        q->failed = true;
}

static void hear(void *self, const struct run *run, const struct trace_event *event)
{
    struct quiz *q = self;
    if (q->ended)
        return;
    if (!q->titled && run->title != NULL)
        printf("%s\n", run->title);
    q->titled = true;
    if (event->op == TRACE_CHAPTER) {
        printf("\n== %.*s ==\n", (int)event->text_len, event->text);
    } else if (event->op == TRACE_NOTE) {
        putchar('\n');
        print_wrapped(event->text, event->text_len, 2);
    } else if (event->op == TRACE_ASK) {
        ask(q, event);
    }
}

/* ---- results ---- */

static void tell_quiz(const void *self, struct sink *sink)
{
    const struct quiz *q = self;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_number(sink, "schema", 1);
    sink_number(sink, "questions", q->list.len);
    sink_number(sink, "right", q->score);
    if (sink_open(sink, "answers", SINK_ARRAY)) {
        for (size_t i = 0; i < q->list.len; i++) {
            const struct put *put = &q->list.data[i];
            if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
                break;
            sink_number(sink, "line", put->line);
            sink_string(sink, "question", put->question);
            sink_string(sink, "given", put->given);
            sink_string(sink, "answer", put->right);
            sink_boolean(sink, "right", put->correct);
            sink_close(sink);
        }
        sink_close(sink);
    }
    sink_close(sink);
}

static int write_json(const struct quiz *q)
{
    struct output out;
    struct error error = {0};
    if (output_open(&out, q->json, &error) != 0)
        return complain_error("quiz", NULL, &error);
    if (sink_write_text(tell_quiz, q, out.file) != 0 && !ferror(out.file)) {
        output_discard(&out);
        complain("out of memory");
        return STATUS_ERROR;
    }
    return output_commit(&out, &error) != 0 ? complain_error("quiz", NULL, &error) : STATUS_OK;
}

/* Runs the trace, with its questions on the way. Returns the exit status. */
static int go(struct quiz *q, const char *path)
{
    struct run run;
    struct error error = {0};
    enum run_state state = RUN_FAILED;
    q->options.hooks = (struct run_hooks){.self = q, .figure = report_figure, .said = hear};
    if (run_open(&run, path, &q->options, &error) == 0)
        while ((state = run_advance(&run, 1 << 14, &error)) == RUN_MORE && !q->failed && !q->ended)
            ;
    int status = state == RUN_FAILED ? complain_error("quiz", path, &error) : STATUS_OK;
    run_close(&run);
    if (status == STATUS_OK && q->failed) {
        complain("out of memory");
        status = STATUS_ERROR;
    }
    if (status != STATUS_OK)
        return status;
    printf("\n%zu of %zu right\n", (size_t)q->score, q->list.len);
    if (q->json != NULL)
        status = write_json(q);
    if (status == STATUS_OK && output_flush_standard(&error) != 0)
        status = complain_error("quiz", NULL, &error);
    return status != STATUS_OK ? status : q->score == q->list.len && !q->ended ? STATUS_OK : STATUS_NO;
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct quiz *q = self;
    (void)error;
    *(index == QUIZ_JSON ? &q->json : &q->answers) = value;
    return 0;
}

static int quiz(struct quiz *q, const char *argument)
{
    struct error error = {0};
    char *path = trace_resolve(argument, &error);
    if (path == NULL)
        return complain_error("quiz", NULL, &error);
    q->in = q->answers == NULL ? stdin : fopen(q->answers, "r");
    q->quiet = q->answers != NULL;
    int status;
    if (q->json != NULL && (strcmp(q->json, "-") == 0 || output_same(path, q->json)))
        status = complain_usage("quiz", "--json needs a file of its own: the questions go to standard output");
    else if (strcmp(path, "-") == 0 && q->answers == NULL)
        status = complain_usage("quiz", "the trace and the answers cannot both be standard input");
    else if (q->in == NULL) {
        complain("%s: cannot open", q->answers);
        status = STATUS_ERROR;
    } else
        status = go(q, path);
    if (q->answers != NULL && q->in != NULL)
        fclose(q->in);
    free(path);
    return status;
}

int command_quiz(int argc, char **argv)
{
    struct quiz q = {.json = NULL};
    struct usage usage = {
        .command = COMMAND_quiz,
        .text = "TRACE is a file or lesson:NAME. A question with choices takes a letter; with any\n"
                "other, the answer is shown, and you say whether it was yours. Status 0: all\n"
                "right; 1: not all, or not all answered; 2: the trace is wrong.",
        .specs = specs,
        .count = QUIZ_OPTION_COUNT,
        .take = take,
        .self = &q,
        .settings = &q.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1)
        return complain_usage("quiz", argc == 0 ? "no trace given" : "one trace at a time");
    int status = quiz(&q, argv[0]);
    for (size_t i = 0; i < q.list.len; i++) {
        free(q.list.data[i].question);
        free(q.list.data[i].given);
        free(q.list.data[i].right);
    }
    vec_free(&q.list);
    return status;
}
