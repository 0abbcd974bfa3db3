package operator

import (
	"context"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Acts are what a person can do, here or by the operate function of a stack, with the errors of closing.Operator.
type Acts interface {
	Keep(ctx context.Context, order closing.Order) (closing.Case, error)
	Close(ctx context.Context, order closing.Order, agreed dispute.Money) (closing.Case, error)
	Release(ctx context.Context, order closing.Order) (closing.Case, error)
	Pause(ctx context.Context, why string) error
	Resume(ctx context.Context, why string) error
}

var (
	_ Acts = closing.Operator{}
	_ Acts = (*Remote)(nil)
)
