package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// errNoIdentity means that the table is a local one, beside which nobody vouches for identities.
var errNoIdentity = errors.New("nobody vouches for identities beside a local table")

// awsIdentity asks AWS who the credentials belong to. Beside a local table it asks only a stand-in that is named for
// it, and never AWS itself.
func awsIdentity(ctx context.Context) (string, error) {
	cfg, err := awsSettings(ctx)
	if err != nil {
		return "", err
	}
	client := sts.NewFromConfig(cfg)
	if isLocal(dynamodb.NewFromConfig(cfg).Options().BaseEndpoint) && client.Options().BaseEndpoint == nil {
		return "", errNoIdentity
	}
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	switch {
	case ctx.Err() != nil:
		return "", errNothingStored
	case err != nil:
		return "", fail(unreachable, "check your credentials: aws sts get-caller-identity", "AWS does not say who you are: %w", err)
	}
	return aws.ToString(out.Arn), nil
}

// isLocal tells whether an endpoint is on this machine or unencrypted, which AWS itself never is.
func isLocal(endpoint *string) bool {
	u, err := url.Parse(aws.ToString(endpoint))
	if endpoint == nil || err != nil {
		return false
	}
	return u.Scheme == "http" || u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}

// maxName bounds the name that a person gives beside a local table.
const maxName = 100

// whoActs returns the name under which an act is recorded: the AWS identity, or beside a local table the name that the
// person gives, marked as nobody's word but theirs.
func (a *app) whoActs(ctx context.Context, given string) (string, error) {
	given = strings.TrimSpace(given)
	if len(given) > maxName || hasControl(given) {
		return "", fail(misused, "use a short plain name", "--who is no name")
	}
	arn, err := a.identity(ctx)
	switch {
	case errors.Is(err, errNoIdentity) && given == "":
		return "", fail(misused, "say who you are: --who NAME", "%w", err)
	case errors.Is(err, errNoIdentity):
		return given + " (not verified)", nil
	case err != nil:
		return "", err
	case given != "":
		return "", fail(misused, "leave out --who, which is for local tables alone", "you are recorded as %s", arn)
	}
	return arn, nil
}
