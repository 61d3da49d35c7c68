/*
 * checks.h - libcheck, with assertions that speak only when they fail.
 *
 * Its own write a message to a file for each assertion that holds (so that a crash can name the last one): half of the
 * processor time of these tests. All of its assertions come down to ck_assert_msg, which is replaced here.
 */
#ifndef HEAPREEL_TESTS_CHECKS_H
#define HEAPREEL_TESTS_CHECKS_H

#include <check.h>

#undef ck_assert_msg
#define ck_assert_msg(expr, ...)                                                                                       \
    ((expr) ? (void)0 : _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", __VA_ARGS__))

#endif
