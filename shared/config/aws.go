package config

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// AWS holds the settings of the AWS SDK that a Lambda function has. The SDK's own config module reads many more, and would
// add half a megabyte to the zip. If one of them is bad, all are zero, so that nothing is sent to the wrong place.
type AWS struct {
	Region                                     string
	AccessKeyID, SecretAccessKey, SessionToken string
	// The endpoints are empty for AWS itself.
	DynamoDBEndpoint, SecretsManagerEndpoint, SNSEndpoint, CloudWatchEndpoint string
}

func (e *environment) aws() AWS {
	before := len(e.faults)
	a := AWS{
		Region:                 e.getenv("AWS_REGION"),
		AccessKeyID:            e.getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey:        e.getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:           e.getenv("AWS_SESSION_TOKEN"),
		DynamoDBEndpoint:       e.endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
		SecretsManagerEndpoint: e.endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
		SNSEndpoint:            e.endpoint("AWS_ENDPOINT_URL_SNS"),
		CloudWatchEndpoint:     e.endpoint("AWS_ENDPOINT_URL_CLOUDWATCH"),
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

// endpoint reads the endpoint of one service, or else that of all services; empty means AWS itself.
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

// Config returns the SDK's configuration, without the endpoints. The credentials are fixed: Lambda does not change those of
// a running process.
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
