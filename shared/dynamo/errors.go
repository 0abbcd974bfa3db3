package dynamo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"disputecloser/shared/fault"
)

// errBusy means that another transaction was under way on one of the items. Nothing was stored and no
// condition was judged: neither a conflict nor a refusal is known.
var errBusy = fault.Mark(fault.Retryable, errors.New("another transaction is under way on the same item"))

const (
	busyTries    = 8
	busyPause    = 10 * time.Millisecond
	busyPauseMax = 160 * time.Millisecond
)

// insist repeats an act that met errBusy, less than a second in all: every claim touches the switch and the
// day's budget, so that two cases worked at once meet each other there and both should be worked. What is
// still busy then is left to the caller.
func insist(ctx context.Context, act func() error) error {
	if err := ctx.Err(); err != nil {
		return fault.Mark(fault.Retryable, err)
	}
	pause := busyPause
	for range busyTries - 1 {
		err := act()
		if !errors.Is(err, errBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // it only spreads the tries
		}
		pause = min(2*pause, busyPauseMax)
	}
	return act()
}

// attempts remembers whether any of the SDK's attempts at one write may have been carried out.
type attempts struct {
	aws.Retryer
	ambiguous bool
}

// watch has the SDK show each attempt's error, by asking whether it may be repeated.
func (a *attempts) watch(o *dynamodb.Options) {
	a.Retryer = o.Retryer
	o.Retryer = a
}

// IsErrorRetryable implements aws.Retryer.
func (a *attempts) IsErrorRetryable(err error) bool {
	a.ambiguous = a.ambiguous || classOf(err) == fault.Ambiguous
	return a.Retryer.IsErrorRetryable(err)
}

// label says of a write's error what may be done next. It is Ambiguous if any attempt was: a refused second
// attempt says nothing about the first.
func (a *attempts) label(err error) error {
	switch {
	case err == nil:
		return nil
	case hasCode(err, "TransactionConflictException"):
		return a.doubt(errBusy)
	case a.ambiguous:
		return fault.Mark(fault.Ambiguous, err)
	default:
		return fault.Mark(classOf(err), err)
	}
}

// doubt makes an error that says "it did not happen" Ambiguous if any attempt was.
func (a *attempts) doubt(err error) error {
	if a.ambiguous && fault.Of(err) == fault.Retryable {
		return fault.Mark(fault.Ambiguous, err)
	}
	return err
}

// readFault says of a read's error what may be done next.
func readFault(err error) error {
	if class := classOf(err); class == fault.Permanent {
		return fault.Mark(class, err)
	}
	return fault.Mark(fault.Retryable, err)
}

// classOf says what one attempt's error means. Whatever DynamoDB refused with a status of 4xx was not carried
// out, be it throttled or not allowed, and neither was what found no connection.
func classOf(err error) fault.Class {
	var answered *smithyhttp.ResponseError
	var dialed *net.OpError
	switch {
	case hasCode(err, "ValidationException", "ItemCollectionSizeLimitExceededException", "SerializationException"):
		return fault.Permanent
	case hasCode(err, "TransactionInProgressException", "IdempotentParameterMismatchException"):
		return fault.Ambiguous
	case errors.As(err, &dialed) && dialed.Op == "dial":
		return fault.Retryable
	case errors.As(err, &answered):
		if status := answered.HTTPStatusCode(); status >= 400 && status < 500 {
			return fault.Retryable
		}
		return fault.Ambiguous
	default:
		return fault.Ambiguous
	}
}

func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if api.ErrorCode() == code {
			return true
		}
	}
	return false
}
