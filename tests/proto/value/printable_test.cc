#include "proto/value/printable.h"

#include <gtest/gtest.h>

#include <string>

namespace arbiter {
namespace {

TEST(Printable, TextStaysAsItIs) {
  for (const std::string text : {"", "a b", "\u00e4\u00a0\u20ac\U0001f600", "C:\\x \"quoted\""}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, ControlCharactersStandThereAsEscapes) {
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(Printable("a\x1b[2Jb\nc\x7f"), "a\\x1b[2Jb\\x0ac\\x7f");
  EXPECT_EQ(Printable("a\u009b2J\u0080"), "a\\u009b2J\\u0080");
}

TEST(Printable, WhatTurnsTheDirectionOrIsNotSeenStandsThereAsAnEscape) {
  EXPECT_EQ(Printable("a\u202eb"), "a\\u202eb");
  EXPECT_EQ(Printable("\u061c\u200b\u200f\u2028\u202a\u2060\u2066\u2069\ufeff"),
            "\\u061c\\u200b\\u200f\\u2028\\u202a\\u2060\\u2066\\u2069\\ufeff");
  EXPECT_EQ(Printable("\u061b\u200a\u2010\u2027\u202f\u205f\u2070\ufefe"),
            "\u061b\u200a\u2010\u2027\u202f\u205f\u2070\ufefe")
      << "their neighbours";
}

TEST(Printable, BytesThatAreNoUtf8StandThereAsEscapes) {
  EXPECT_EQ(Printable("a\xff"), "a\\xff");
  EXPECT_EQ(Printable("\xc3("), "\\xc3(");
  EXPECT_EQ(Printable("\xe2\x82"), "\\xe2\\x82") << "cut off";
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf") << "longer than need be";
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair";
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last character";
}

TEST(PrintableJson, IsTheSameDocumentWithJsonsOwnEscapes) {
  EXPECT_EQ(PrintableJson("{\"a\": \"x\u061c\u2066y\u2069\u009b\u202e\"}\n"),
            "{\"a\": \"x\\u061c\\u2066y\\u2069\\u009b\\u202e\"}\n");
  for (const char* document : {"{}\n", "{\n \"a\": \"\u00e4\u20ac\U0001f600 \\u202e\"\n}\n"}) {
    EXPECT_EQ(PrintableJson(document), document);
  }
}

TEST(CutText, EndsBetweenTwoCharacters) {
  EXPECT_EQ(CutText("abc", 3), "abc");
  EXPECT_EQ(CutText("abcd", 3), "abc");
  EXPECT_EQ(CutText("ab\u20ac", 5), "ab\u20ac");
  EXPECT_EQ(CutText("ab\u20ac", 4), "ab");
  EXPECT_EQ(CutText("ab\u20ac", 3), "ab");
  EXPECT_EQ(CutText("\U0001f600", 3), "");
  EXPECT_EQ(CutText("\U0001f600\U0001f600", 7), "\U0001f600");
  EXPECT_EQ(CutText(std::string(100, '\x80'), 50).size(), 47U) << "what is no UTF-8 is cut all the same";
}

}  // namespace
}  // namespace arbiter
