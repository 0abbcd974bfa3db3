// Package secrets reads WooshPay's API key and signing secrets from Secrets Manager.
//
// No error of this package contains a secret.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// API is the only call of Secrets Manager that this package makes.
type API interface {
	// GetSecretValue returns a version of a secret, or a *types.ResourceNotFoundException if the secret or the version
	// does not exist.
	GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, opts ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// ErrMissing means that no usable secret is stored. The text of an error that wraps it says what to do.
var ErrMissing = errors.New("not stored")

var errBinary = errors.New("it is binary")

// unusableError is ErrMissing for a secret whose stored text cannot be the key or signing secret.
type unusableError struct{ err error }

func (e unusableError) Error() string { return "what is stored cannot be used: " + e.err.Error() }

func (e unusableError) Unwrap() error { return e.err }

func (e unusableError) Is(target error) bool { return target == ErrMissing }

// Labels of a secret's versions (Secrets Manager's own names).
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// readTimeout bounds one read, including its retries.
const readTimeout = 4 * time.Second

// version is one version of a secret.
type version struct {
	value string
	// created is when the version was stored; zero if unknown.
	created time.Time
}

// source is a place in Secrets Manager: a secret's name or ARN, and the field of its JSON.
type source struct {
	api   API
	id    string
	field Field
}

// read returns one version. The error wraps ErrMissing if it does not exist, or if its text cannot be the field's value.
func (s source) read(ctx context.Context, stage string) (version, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	out, err := s.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(s.id), VersionStage: aws.String(stage),
	})
	switch {
	case errors.As(err, new(*types.ResourceNotFoundException)):
		return version{}, fmt.Errorf("read secret %s: %w: there is no such secret, or it has no value yet: %s", s.id, ErrMissing, s.advice())
	case err != nil:
		return version{}, fmt.Errorf("read secret %s: %w", s.id, err)
	case out.SecretBinary != nil:
		return version{}, fmt.Errorf("read secret %s: %w: %s", s.id, unusableError{errBinary}, s.advice())
	case aws.ToString(out.SecretString) == "":
		return version{}, fmt.Errorf("read secret %s: %w: it is empty: %s", s.id, ErrMissing, s.advice())
	}
	value, err := s.field.value(aws.ToString(out.SecretString))
	if err != nil {
		return version{}, fmt.Errorf("read secret %s: %w: %s", s.id, unusableError{err}, s.advice())
	}
	return version{value: value, created: aws.ToTime(out.CreatedDate)}, nil
}

func (s source) advice() string {
	return fmt.Sprintf("store it as WooshPay shows it, with `disputectl secret set`, or with `aws secretsmanager put-secret-value` as text or as JSON with %q", s.field)
}
