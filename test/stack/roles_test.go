//go:build parts

package stack

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// people counts the roles that stand for people.
var people atomic.Int64

// as returns the settings of a client that acts with a function's role.
func (s *stack) as(t *testing.T, role string) aws.Config {
	t.Helper()
	config, err := s.aws.AsRole(t.Context(), s.resources[role])
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// with returns the settings of a client of a person who has these policies of the stack, named by their outputs.
func (s *stack) with(t *testing.T, policies ...string) aws.Config {
	t.Helper()
	var arns []string
	for _, policy := range policies {
		arns = append(arns, s.outputs[policy])
	}
	config, err := s.aws.WithPolicy(t.Context(), fmt.Sprint("person-", people.Add(1)), arns...)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// denied reports whether an error is IAM's refusal, and not any other.
func denied(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (api.ErrorCode() == "AccessDeniedException" || api.ErrorCode() == "AccessDenied")
}
