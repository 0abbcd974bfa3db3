//go:build parts

package stack

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// storeSecrets puts values into the secrets that the template created empty, as an operator does once.
func (s *stack) storeSecrets(ctx context.Context) error {
	client := secretsmanager.NewFromConfig(s.aws.Config())
	for output, value := range map[string]string{"ApiKeySecret": apiKey, "SigningSecret": s.wooshpay.secret} {
		_, err := client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: aws.String(s.outputs[output]), SecretString: aws.String(value),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
