package deployment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// Field is what a secret holds, by its name in a secret that is a JSON object.
type Field string

// The fields.
const (
	APIKey  Field = "api_key"
	Signing Field = "signing_secret"
)

// ErrOtherSecret means that the secret holds something else, which storing would lose.
var ErrOtherSecret = errors.New("it holds something else")

// Place is where one value is stored. No error of its methods contains a secret.
type Place struct {
	api   Secrets
	id    string
	field Field
	// object is what the secret holds if it is a JSON object; nil for a text.
	object map[string]any
}

// OpenPlace looks at a secret, given by name or ARN, and returns the place in it. It fails if the secret does not
// exist, may not be read, or holds as text what is obviously another secret (ErrOtherSecret): then storing would lose
// something.
func OpenPlace(ctx context.Context, api Secrets, id string, field Field) (Place, error) {
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
	text := strings.TrimSpace(aws.ToString(out.SecretString))
	if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &p.object) != nil {
		return p, fmt.Errorf("read secret %s: %w: it begins like JSON and is none", id, ErrOtherSecret)
	}
	if p.object == nil && field.isOther(text) {
		return p, fmt.Errorf("read secret %s: %w than a %s", id, ErrOtherSecret, field)
	}
	return p, nil
}

// isOther tells whether a text is obviously the other field's: API keys begin with sk_ or pk_ (WooshPay's
// documentation), signing secrets often with whsec_.
func (f Field) isOther(text string) bool {
	isKey := strings.HasPrefix(text, "sk_") || strings.HasPrefix(text, "pk_")
	if f == APIKey {
		return strings.HasPrefix(text, "whsec_")
	}
	return isKey
}

// Store makes a value the current one, and the one before it the previous. What else a JSON object holds stays.
func (p Place) Store(ctx context.Context, value string) error {
	if p.object != nil {
		p.object[string(p.field)] = value
		encoded, err := json.Marshal(p.object)
		if err != nil {
			return fmt.Errorf("store in secret %s: its JSON cannot be written", p.id)
		}
		value = string(encoded)
	}
	_, err := p.api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String(p.id), SecretString: aws.String(value)})
	if err != nil {
		return fmt.Errorf("store in secret %s: %w", p.id, err)
	}
	return nil
}
