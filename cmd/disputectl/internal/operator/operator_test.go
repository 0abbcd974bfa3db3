package operator

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
)

// A bad reason is refused before the table is opened, with everything that is wrong with it.
func TestABadReasonIsRefused(t *testing.T) {
	_, err := FromFlags(t.Context(), &access.Env{}, Flags{why: strings.Repeat("a", closing.MaxWhy) + "\nb"})
	var f *cli.ExitError
	if !errors.As(err, &f) || f.Code != cli.Misused || !errors.Is(err, closing.ErrLongWhy) || !errors.Is(err, closing.ErrBrokenWhy) {
		t.Errorf("%v", err)
	}
}
