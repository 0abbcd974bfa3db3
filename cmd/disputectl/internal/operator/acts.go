package operator

import (
	"context"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Acts are what a person can do. A version that was shown may be 0, which means any.
type Acts interface {
	// Keep returns closing.ErrNotFound, ErrFinished or, if the case has another version than was shown, ErrChanged.
	Keep(ctx context.Context, id dispute.ID, shown int64, why string) (closing.Case, error)
	// Close returns what Keep does, and closing.ErrUnknownDispute or ErrOtherAmount.
	Close(ctx context.Context, id dispute.ID, agreed dispute.Money, shown int64, why string) (closing.Case, error)
	// Release returns what Keep does, and closing.ErrClosing.
	Release(ctx context.Context, id dispute.ID, shown int64, why string) (closing.Case, error)
	Pause(ctx context.Context, why string) error
	// Resume returns closing.ErrConflict if closing was paused again meanwhile.
	Resume(ctx context.Context, why string) error
}
