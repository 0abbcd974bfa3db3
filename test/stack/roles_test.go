//go:build parts

package stack

import (
	"errors"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

const account = "000000000000" // MiniStack's

// trustEveryone lets this account's own users take a role that only a service may take otherwise. What the role
// may do is not touched.
const trustEveryone = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
	`"Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"}]}`

// as returns the settings of a client that acts with a function's role.
func (s *stack) as(t *testing.T, role string) aws.Config {
	t.Helper()
	name := s.resources[role]
	form := url.Values{
		"Action": {"UpdateAssumeRolePolicy"}, "Version": {"2010-05-08"},
		"RoleName": {name}, "PolicyDocument": {trustEveryone},
	}
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if _, err := s.raw(t.Context(), "iam", "/", header, form.Encode()); err != nil {
		t.Fatal(err)
	}
	out, err := sts.NewFromConfig(s.aws.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + account + ":role/" + name), RoleSessionName: aws.String("test"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Credentials
	return s.aws.ConfigFor(credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken))
}

// denied tells whether an error is IAM's refusal, and not any other.
func denied(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (api.ErrorCode() == "AccessDeniedException" || api.ErrorCode() == "AccessDenied")
}
