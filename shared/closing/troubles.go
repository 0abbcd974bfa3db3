package closing

import (
	"context"
	"errors"

	"disputecloser/shared/dispute"
)

// NoteUnreadable says that the stored case cannot be read; Err says why.
const NoteUnreadable Kind = "unreadable"

const (
	// maxUnread is the number of unreadable cases that a run names; it counts the others.
	maxUnread = 20
	// maxOutages is the number of errors after which a run ends: what it calls is down, and more calls only add
	// to that.
	maxOutages = 10
)

// troubles are what a run over many cases met. A case that cannot be read is one for a person; it keeps the run from
// nothing else, and it is not an error of the run.
type troubles struct {
	watcher Watcher
	outages []error
	unread  int
}

// add takes in an error about a case, or about none if the id is empty; nil is none.
func (t *troubles) add(ctx context.Context, id dispute.ID, err error) {
	switch {
	case err == nil:
	case !errors.Is(err, ErrUnreadable):
		t.outages = append(t.outages, err)
	default:
		if t.unread++; t.unread <= maxUnread {
			t.watcher.Note(ctx, Note{Kind: NoteUnreadable, Case: Case{ID: id}, Err: err})
		}
	}
}

// tooMany reports whether the run should end.
func (t *troubles) tooMany() bool { return len(t.outages) >= maxOutages }

// err returns the errors together; nil if there were none.
func (t *troubles) err() error { return errors.Join(t.outages...) }
