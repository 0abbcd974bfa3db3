package closing

import (
	"errors"
	"fmt"
)

const (
	// maxShown is the number of errors that a run over many cases returns; it counts the others.
	maxShown = 20
	// maxOutages is the number of errors after which such a run ends: what it calls is down, and more calls only add
	// to that.
	maxOutages = 10
)

// troubles are the errors that a run over many cases met.
type troubles struct {
	shown         []error
	more, outages int
}

// add takes in an error. One case that cannot be read, however many there are, keeps the others from nothing.
func (t *troubles) add(err error) {
	if !errors.Is(err, ErrUnreadable) {
		t.outages++
	}
	if len(t.shown) == maxShown {
		t.more++
		return
	}
	t.shown = append(t.shown, err)
}

// tooMany tells whether the run should end.
func (t *troubles) tooMany() bool { return t.outages >= maxOutages }

// err returns the errors together; nil if there were none.
func (t *troubles) err() error {
	if t.more > 0 {
		return errors.Join(append(t.shown, fmt.Errorf("and %d more", t.more))...)
	}
	return errors.Join(t.shown...)
}
