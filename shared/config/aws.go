package config

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// AWS is the part of the AWS SDK's own settings that a function in Lambda has. Reading these alone instead of all
// that the SDK's config module can read keeps half a megabyte out of the zip. If one of them is bad, all are zero:
// nothing may be sent to another place than was meant.
type AWS struct {
	Region                                     string
	AccessKeyID, SecretAccessKey, SessionToken string
	// The endpoints are empty for AWS itself.
	DynamoDBEndpoint, SecretsManagerEndpoint string
}

// Known tells whether the settings were good.
func (a AWS) Known() bool { return a.Region != "" }

func (e *environment) aws() AWS {
	before := len(e.faults)
	a := AWS{
		Region:                 e.getenv("AWS_REGION"),
		AccessKeyID:            e.getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey:        e.getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:           e.getenv("AWS_SESSION_TOKEN"),
		DynamoDBEndpoint:       e.endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
		SecretsManagerEndpoint: e.endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
	}
	if a.Region == "" {
		e.fault("AWS_REGION is missing")
	}
	if a.AccessKeyID == "" || a.SecretAccessKey == "" {
		e.fault("AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing: Lambda sets them from the function's role")
	}
	if len(e.faults) > before {
		return AWS{}
	}
	return a
}

// endpoint reads a service's own endpoint, or else the one for all services; empty means AWS itself.
func (e *environment) endpoint(name string) string {
	value := e.getenv(name)
	if value == "" {
		name, value = "AWS_ENDPOINT_URL", e.getenv("AWS_ENDPOINT_URL")
	}
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		e.fault("%s is not an http or https URL", name)
	}
	return value
}

// Config returns the SDK's configuration without an endpoint, which is each service's own. Lambda never changes the
// credentials of a running process.
func (a AWS) Config() aws.Config {
	fixed := aws.Credentials{
		AccessKeyID:     a.AccessKeyID,
		SecretAccessKey: a.SecretAccessKey,
		SessionToken:    a.SessionToken,
		Source:          "environment",
	}
	provider := func(context.Context) (aws.Credentials, error) { return fixed, nil }
	return aws.Config{Region: a.Region, Credentials: aws.CredentialsProviderFunc(provider)}
}
