package deployment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"disputecloser/shared/credential"
	"disputecloser/shared/secrets"
)

// ErrOtherSecret means that the secret holds something else, which storing would lose.
var ErrOtherSecret = errors.New("it holds something else")

// ErrUnfit means that a value cannot be what the field holds.
var ErrUnfit = errors.New("refused")

// Place is where one value is stored. No error of its methods contains a secret.
type Place struct {
	api   Secrets
	id    string
	field secrets.Field
	// object is what the secret holds if it is a JSON object; nil for a text.
	object map[string]json.RawMessage
}

// OpenPlace looks at a secret, given by name or ARN, and returns the place in it. It fails if the secret does not
// exist, may not be read, or holds as text what is obviously another secret (ErrOtherSecret): then storing would lose
// something.
func OpenPlace(ctx context.Context, api Secrets, id string, field secrets.Field) (Place, error) {
	p := Place{api: api, id: id, field: field}
	_, err := api.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: aws.String(id)})
	if err != nil {
		return p, fmt.Errorf("look at secret %s: %w", id, err)
	}
	out, err := api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(id)})
	if errors.As(err, new(*types.ResourceNotFoundException)) {
		return p, nil // It exists and has no value yet.
	}
	if err != nil {
		return p, fmt.Errorf("read secret %s, whose other fields must be kept: %w", id, err)
	}
	text := aws.ToString(out.SecretString)
	if p.object, err = secrets.Object(text); err != nil {
		return p, fmt.Errorf("read secret %s: %w: %w", id, ErrOtherSecret, err)
	}
	if p.object == nil && isOther(field, text) {
		return p, fmt.Errorf("read secret %s: %w than a %s", id, ErrOtherSecret, field)
	}
	return p, nil
}

// isOther reports whether a text has the look of the other field's value, with quotes around it, too.
func isOther(field secrets.Field, text string) bool {
	if field == secrets.APIKey {
		return credential.In(text) == credential.SigningSecret
	}
	return credential.In(text) == credential.APIKey
}

// Store makes a value the current one, and the one before it the previous. What else a JSON object holds stays. A value that
// cannot be what the field holds is not stored.
func (p Place) Store(ctx context.Context, value string) error {
	if err := p.field.Check(value); err != nil {
		return fmt.Errorf("store in secret %s: %w: %w", p.id, ErrUnfit, err)
	}
	if p.object != nil {
		encoded, err := p.with(value)
		if err != nil {
			return fmt.Errorf("store in secret %s: its JSON cannot be written", p.id)
		}
		value = encoded
	}
	_, err := p.api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String(p.id), SecretString: aws.String(value)})
	if err != nil {
		return fmt.Errorf("store in secret %s: %w", p.id, err)
	}
	return nil
}

// with returns the JSON object with another value in the field.
func (p Place) with(value string) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	p.object[string(p.field)] = text
	encoded, err := json.Marshal(p.object)
	return string(encoded), err
}
