package term

import "github.com/mattn/go-runewidth"

// Cut is text, or its beginning with an ellipsis where it takes more columns
// than width.
func Cut(text string, width int) string { return runewidth.Truncate(text, width, "…") }
