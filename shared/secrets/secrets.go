// Package secrets reads WooshPay's API key and signing secrets from Secrets Manager.
//
// No error of this package contains a secret.
package secrets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// API is the one call of Secrets Manager that is used.
type API interface {
	// GetSecretValue returns a version of a secret, or a *types.ResourceNotFoundException if there is no such secret
	// or no version with that label.
	GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, opts ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// ErrMissing means that the secret, or what is wanted of it, is not stored. The text says what to do.
var ErrMissing = errors.New("not stored")

// Versions of a secret (Secrets Manager's own labels).
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// readTimeout bounds one read, repetitions included.
const readTimeout = 4 * time.Second

// version is one version of a secret.
type version struct {
	value string
	// created is zero if unknown.
	created time.Time
}

// source is a place in Secrets Manager: a secret's name or ARN, and the field of its JSON.
type source struct {
	api       API
	id, field string
}

// read returns one version. It wraps ErrMissing if there is none or nothing usable in it.
func (s source) read(ctx context.Context, stage string) (version, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	out, err := s.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(s.id), VersionStage: aws.String(stage),
	})
	if errors.As(err, new(*types.ResourceNotFoundException)) {
		return version{}, fmt.Errorf("read secret %s: %w: there is no such secret, or it has no value yet: %s", s.id, ErrMissing, s.advice())
	}
	if err != nil {
		return version{}, fmt.Errorf("read secret %s: %w", s.id, err)
	}
	value, wrong := s.parse(aws.ToString(out.SecretString))
	if out.SecretBinary != nil {
		wrong = "it is binary"
	}
	if wrong != "" {
		return version{}, fmt.Errorf("read secret %s: %w: %s: %s", s.id, ErrMissing, wrong, s.advice())
	}
	return version{value: value, created: aws.ToTime(out.CreatedDate)}, nil
}

func (s source) advice() string {
	return fmt.Sprintf("store it with `aws secretsmanager put-secret-value`, as text or as JSON with %q", s.field)
}

// parse takes a secret out of its text or JSON object, or says what is wrong. A line break at the end, as a file has
// it, belongs to no secret.
func (s source) parse(text string) (value, wrong string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", "it is empty"
	}
	if !strings.HasPrefix(text, "{") {
		return text, ""
	}
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		return "", "it begins like JSON and is none"
	}
	value, _ = object[s.field].(string)
	if value = strings.TrimSpace(value); value == "" {
		return "", fmt.Sprintf("its JSON has no text %q", s.field)
	}
	return value, ""
}
