//go:build parts

package stack

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// as returns the settings of a client that acts with a function's role.
func (s *stack) as(t *testing.T, role string) aws.Config {
	t.Helper()
	config, err := s.aws.AsRole(t.Context(), s.resources[role])
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// with returns the settings of a client of a person who has one of the stack's policies.
func (s *stack) with(t *testing.T, policy string) aws.Config {
	t.Helper()
	config, err := s.aws.WithPolicy(t.Context(), "with-"+policy, s.outputs[policy])
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
