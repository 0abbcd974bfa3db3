package sandbox

import (
	"fmt"
	"net/http"
)

// RefusalError is an answer of WooshPay that is not 2xx. Nothing was done.
type RefusalError struct {
	// Status is the HTTP status code.
	Status              int
	Type, Code, Message string
}

func (e *RefusalError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}

// invalidRequest is one of the four types that WooshPay documents; the codes are Stripe's where it has one.
const invalidRequest = "invalid_request_error"

func missing(kind, id string) error {
	return &RefusalError{http.StatusNotFound, invalidRequest, "resource_missing", fmt.Sprintf("no such %s: %s", kind, id)}
}

func invalid(code, format string, args ...any) error {
	return &RefusalError{http.StatusBadRequest, invalidRequest, code, fmt.Sprintf(format, args...)}
}
