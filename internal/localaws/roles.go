package localaws

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const account = "000000000000" // MiniStack's

// trustEveryone lets this account's own users take a role. What the role may do is not touched.
const trustEveryone = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
	`"Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"}]}`

// AsRole returns the settings of a client that acts with a role that only a service may take otherwise.
func (m *MiniStack) AsRole(ctx context.Context, role string) (aws.Config, error) {
	if err := m.iam(ctx, url.Values{"Action": {"UpdateAssumeRolePolicy"}, "RoleName": {role}, "PolicyDocument": {trustEveryone}}); err != nil {
		return aws.Config{}, err
	}
	return m.assume(ctx, role)
}

// WithPolicy returns the settings of a client of somebody who has managed policies, given by their ARNs, and nothing else.
// The name is the new role's.
func (m *MiniStack) WithPolicy(ctx context.Context, name string, policies ...string) (aws.Config, error) {
	err := m.iam(ctx, url.Values{"Action": {"CreateRole"}, "RoleName": {name}, "AssumeRolePolicyDocument": {trustEveryone}})
	for _, policy := range policies {
		if err == nil {
			err = m.iam(ctx, url.Values{"Action": {"AttachRolePolicy"}, "RoleName": {name}, "PolicyArn": {policy}})
		}
	}
	if err != nil {
		return aws.Config{}, err
	}
	return m.assume(ctx, name)
}

func (m *MiniStack) iam(ctx context.Context, form url.Values) error {
	form.Set("Version", "2010-05-08")
	_, err := m.Call(ctx, "iam", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
	return err
}

func (m *MiniStack) assume(ctx context.Context, role string) (aws.Config, error) {
	out, err := sts.NewFromConfig(m.Config()).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + account + ":role/" + role), RoleSessionName: aws.String("test"),
	})
	if err != nil {
		return aws.Config{}, fmt.Errorf("assume role %s: %w", role, err)
	}
	c := out.Credentials
	return m.ConfigFor(credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)), nil
}
