package closing

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxWhy limits a person's reason, in bytes: every line of history that repeats it stores it again.
const MaxWhy = 500

// Faults of a person's reason.
var (
	ErrEmptyWhy  = errors.New("an operator's act needs a reason, and none is given")
	ErrLongWhy   = fmt.Errorf("the reason is longer than %d bytes", MaxWhy)
	ErrBrokenWhy = errors.New("the reason has line breaks or other control characters")
	ErrNotUTF8   = errors.New("the reason is not UTF-8")
)

// CheckWhy returns a person's reason without the space around it, and everything that is wrong with it.
func CheckWhy(text string) (why string, faults []error) {
	why = strings.TrimSpace(text)
	if why == "" {
		return "", []error{ErrEmptyWhy}
	}
	if len(why) > MaxWhy {
		faults = append(faults, ErrLongWhy)
	}
	if strings.ContainsFunc(why, unicode.IsControl) {
		faults = append(faults, ErrBrokenWhy)
	}
	if !utf8.ValidString(why) {
		faults = append(faults, ErrNotUTF8)
	}
	return why, faults
}
