package access

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/deployment"
)

// Deployer is who deploys, and where to.
type Deployer struct {
	// Region comes from samconfig.toml, and without one there from the shell. ShellRegion comes from the shell only; it is
	// empty if the shell names none.
	Region, ShellRegion string
	// Account and Who are those of the credentials.
	Account, Who string
	// Endpoint is set if the stack is created by a server that is not AWS.
	Endpoint string
	Cloud    *deployment.Cloud
}

// FindDeployer reads the AWS SDK's settings, and asks AWS whose credentials they are.
func FindDeployer(ctx context.Context, e Environment) (Deployer, error) {
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithLogger(logging.Nop{})}
	if e.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(e.Profile))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return Deployer{}, cli.Fail(cli.Misused, "check AWS_PROFILE and the files in ~/.aws", "the AWS settings cannot be read: %w", err)
	}
	d, err := NewDeployer(e, cfg.Region)
	if err != nil {
		return d, err
	}
	cfg.Region = d.Region
	if base := cloudformation.NewFromConfig(cfg).Options().BaseEndpoint; base != nil && !isAWS(stackService, *base) {
		d.Endpoint = *base
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return d, cli.Fail(cli.Unreachable, "log in (aws sso login, aws configure), or set AWS_PROFILE; then try aws sts get-caller-identity",
			"there are no usable AWS credentials: %w", err)
	}
	d.Account, d.Who, d.Cloud = aws.ToString(out.Account), aws.ToString(out.Arn), deployment.Connect(cfg)
	return d, nil
}

// NewDeployer returns a Deployer of an environment's region, or else the shell's. Its error is that there is neither.
func NewDeployer(e Environment, shellRegion string) (Deployer, error) {
	d := Deployer{Region: cmp.Or(e.Region, shellRegion), ShellRegion: shellRegion}
	if d.Region == "" {
		return d, cli.Fail(cli.Misused, "export AWS_REGION=eu-west-1, for example, or set region in "+samconfigFile, "no AWS region is set")
	}
	return d, nil
}

// Execute runs a program with this process's streams, in its working directory.
func Execute(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // the program cleans up
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", program, args[0], err)
	}
	return nil
}
