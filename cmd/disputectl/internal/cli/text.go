package cli

import (
	"fmt"
	"strings"
)

// Count returns a number with its noun, such as 1 case or 2 cases.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// OneLine joins the lines of a text with spaces.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
