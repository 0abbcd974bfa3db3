package access

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"disputecloser/cmd/disputectl/internal/cli"
)

// ErrNoIdentity means that the table is local, where nobody verifies identities.
var ErrNoIdentity = errors.New("nobody verifies identities for a local table")

// AWSIdentity asks AWS whose credentials these are. For a local table it asks only an endpoint that is configured for
// STS, and never AWS itself.
func AWSIdentity(ctx context.Context) (string, error) {
	cfg, err := awsSettings(ctx)
	if err != nil {
		return "", err
	}
	client := sts.NewFromConfig(cfg)
	if isLocal(dynamodb.NewFromConfig(cfg).Options().BaseEndpoint) && client.Options().BaseEndpoint == nil {
		return "", ErrNoIdentity
	}
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	switch {
	case ctx.Err() != nil:
		return "", cli.ErrNothingStored
	case err != nil:
		return "", cli.Fail(cli.Unreachable, "check your credentials: aws sts get-caller-identity", "AWS does not say who you are: %w", err)
	}
	return aws.ToString(out.Arn), nil
}

// isLocal reports whether an endpoint is on this machine or unencrypted, which AWS itself never is.
func isLocal(endpoint *string) bool {
	u, err := url.Parse(aws.ToString(endpoint))
	if endpoint == nil || err != nil {
		return false
	}
	return u.Scheme == "http" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}
