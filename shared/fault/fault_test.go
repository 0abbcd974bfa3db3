package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/fault"
)

func TestOf(t *testing.T) {
	cause := errors.New("cause")
	for _, tc := range []struct {
		name string
		err  error
		want fault.Class
	}{
		{"no label", cause, fault.Ambiguous},
		{"a label", fault.Mark(fault.Permanent, cause), fault.Permanent},
		{"a wrapped label", fmt.Errorf("close: %w", fault.Mark(fault.Retryable, cause)), fault.Retryable},
		{"the outermost of two", fault.Mark(fault.Ambiguous, fault.Mark(fault.Permanent, cause)), fault.Ambiguous},
	} {
		if got := fault.Of(tc.err); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
		if !errors.Is(tc.err, cause) {
			t.Errorf("%s: the cause is lost", tc.name)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	err := fmt.Errorf("get: %w", &fault.Error{Class: fault.Retryable, RetryAfter: time.Minute, Err: errors.New("slow down")})
	if got := fault.RetryAfter(err); got != time.Minute {
		t.Errorf("retry after %s", got)
	}
	if got := fault.RetryAfter(errors.New("plain")); got != 0 {
		t.Errorf("a plain error asks for %s", got)
	}
}
