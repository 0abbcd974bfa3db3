//go:build parts

package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"disputecloser/internal/localaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const (
	stackName   = "test"
	deployLimit = 3 * time.Minute
)

// A stack is the deployed template and what surrounds it.
type stack struct {
	aws       *localaws.MiniStack
	wooshpay  *provider
	outputs   map[string]string // the template's
	resources map[string]string // physical ids by logical ones
}

// deploy builds and deploys the real template, as an operator would, and gives it its secrets.
func deploy(parts *localaws.MiniStack, wooshpay *provider) (*stack, error) {
	ctx, cancel := context.WithTimeout(context.Background(), deployLimit)
	defer cancel()
	s := &stack{aws: parts, wooshpay: wooshpay}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"sam build and deploy", s.runSAM},
		{"read the outputs", s.readOutputs},
		{"read the resources", s.readResources},
		{"add the routes", s.addRoutes},
		{"register the webhook", s.register},
		{"store the secrets", s.storeSecrets},
		{"turn closing on", s.turnOn},
	} {
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return s, nil
}

// architecture is this machine's, as Lambda names it: MiniStack runs the executable as it is.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

func (s *stack) runSAM(ctx context.Context) error {
	temp, err := os.MkdirTemp("", "stack-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	config := filepath.Join(temp, "samconfig.toml") // nobody's deployment settings
	if err := os.WriteFile(config, []byte("version = 0.1\n"), 0o600); err != nil {
		return err
	}
	build, template := filepath.Join(temp, "build"), "Architecture="+architecture()
	err = s.sam(ctx, "build", "--config-file", config, "--build-in-source", "--build-dir", build,
		"--parameter-overrides", template)
	if err != nil {
		return err
	}
	return s.sam(ctx, "deploy", "--config-file", config,
		"--template-file", filepath.Join(build, "template.yaml"), "--stack-name", stackName,
		"--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
		"--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", template, "DataPolicy=Delete", `SweepEvery="rate(1 minute)"`, "WooshpayUrl="+s.wooshpay.url)
}

// sam runs SAM CLI in the module's root.
func (s *stack) sam(ctx context.Context, args ...string) error {
	program, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		return err
	}
	root, err := localaws.ModuleRoot()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = root
	cmd.Env = append(s.aws.Env(), "SAM_CLI_TELEMETRY=0", "ARCH="+architecture(), "POLICY=test/stack/policy.yaml")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("sam %s: %w\n%s", args[0], err, out)
	}
	return nil
}

func (s *stack) readOutputs(ctx context.Context) error {
	client := cloudformation.NewFromConfig(s.aws.Config())
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stackName)})
	if err != nil {
		return err
	}
	if len(out.Stacks) != 1 {
		return errors.New("the stack is not there")
	}
	s.outputs = map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return nil
}

func (s *stack) readResources(ctx context.Context) error {
	client := cloudformation.NewFromConfig(s.aws.Config())
	out, err := client.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: aws.String(stackName)})
	if err != nil {
		return err
	}
	s.resources = map[string]string{}
	for _, r := range out.StackResources {
		s.resources[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
	}
	return nil
}
