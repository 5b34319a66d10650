// Package textsafe makes text from artifacts, devices and exports safe to show on a terminal, in a log
// or in an error. Every such text goes through it on its way out; the model keeps it raw.
//
// What could steer a terminal or hide in plain sight is not deleted but shown as an escape:
//
//	C0, DEL, C1                       \n \t \x1b \x9b
//	bidi, invisible, separators       \u202e \u200b \u2028, beyond 16 bits \u{e0041}
//	unassigned, private, the rest     \u{e000}
//	bytes that are no UTF-8           \xff
//	backslash                         \\
//	more than 4 combining marks       4 of them and …
//
// U+FE0F and U+200D stay where they belong to an emoji sequence. The functions are not idempotent: a
// second pass doubles the backslashes of the first. Call them once, at the sink.
package textsafe
