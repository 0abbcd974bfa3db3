package operator

import (
	"context"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// direct acts on a table itself. It does not look at the version that was shown.
type direct struct{ closing.Operator }

func (d direct) Keep(ctx context.Context, id dispute.ID, _ int64, why string) (closing.Case, error) {
	return d.Operator.Keep(ctx, id, why)
}

func (d direct) Close(ctx context.Context, id dispute.ID, agreed dispute.Money, _ int64, why string) (closing.Case, error) {
	return d.Operator.Close(ctx, id, agreed, why)
}

func (d direct) Release(ctx context.Context, id dispute.ID, _ int64, why string) (closing.Case, error) {
	return d.Operator.Release(ctx, id, why)
}
