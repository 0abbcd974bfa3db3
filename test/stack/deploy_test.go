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

const deployLimit = 3 * time.Minute

// A stack is the deployed template and what surrounds it.
type stack struct {
	name       string
	parameters []string // those that the other stacks do not have
	build      string   // the folder of what sam build made

	aws       *localaws.MiniStack
	wooshpay  *provider
	outputs   map[string]string // the template's
	resources map[string]string // physical ids by logical ones
}

// step is part of a deployment.
type step struct {
	name string
	do   func(context.Context) error
}

// deploy builds and deploys the real template, as an operator would, gives it its secrets and turns closing on.
func deploy(parts *localaws.MiniStack, wooshpay *provider) (*stack, error) {
	ctx, cancel := context.WithTimeout(context.Background(), deployLimit)
	defer cancel()
	build, err := os.MkdirTemp("", "stack-build-")
	if err != nil {
		return nil, err
	}
	s := &stack{name: "test", build: build, aws: parts, wooshpay: wooshpay}
	err = do(ctx, append([]step{{"sam build", s.samBuild}}, append(s.deployment(), step{"turn closing on", s.turnOn})...))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(build))
	}
	return s, nil
}

// deployment is every step from the built template to a stack that works, except the one that a person takes.
func (s *stack) deployment() []step {
	return append(s.templated(),
		step{"add the routes", s.addRoutes},
		step{"register the webhook", s.register},
		step{"store the secrets", s.storeSecrets})
}

// templated is what there is to do for a stack whose routes, endpoint and secrets are there, or are not needed.
func (s *stack) templated() []step {
	return []step{
		{"sam deploy", s.samDeploy},
		{"read the outputs", s.readOutputs},
		{"read the resources", s.readResources},
	}
}

func do(ctx context.Context, steps []step) error {
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// architecture is this machine's, as Lambda names it: MiniStack runs the executable as it is.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

func (s *stack) samBuild(ctx context.Context) error {
	return s.sam(ctx, "build", "--build-dir", s.build, "--parameter-overrides", "Architecture="+architecture())
}

func (s *stack) samDeploy(ctx context.Context) error {
	return s.sam(ctx, "deploy", append([]string{
		"--template-file", filepath.Join(s.build, "template.yaml"), "--stack-name", s.name,
		"--resolve-s3", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset", "--no-progressbar",
		"--parameter-overrides", "Architecture=" + architecture(), "DataPolicy=Delete", `SweepEvery="rate(1 minute)"`, "WooshpayUrl=" + s.wooshpay.url,
	}, s.parameters...)...)
}

// sam runs SAM CLI in the module's root, with nobody's deployment settings.
func (s *stack) sam(ctx context.Context, command string, args ...string) error {
	temp, err := os.MkdirTemp("", "stack-settings-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	config := filepath.Join(temp, "samconfig.toml")
	if err := os.WriteFile(config, []byte("version = 0.1\n"), 0o600); err != nil {
		return err
	}
	program, err := localaws.Tool("sam/bin/sam")
	if err != nil {
		return err
	}
	root, err := localaws.ModuleRoot()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{command, "--config-file", config}, args...)...)
	cmd.Dir = root
	cmd.Env = append(s.aws.Env(), "SAM_CLI_TELEMETRY=0", "POLICY=test/stack/policy.yaml")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("sam %s: %w\n%s", command, err, out)
	}
	return nil
}

func (s *stack) readOutputs(ctx context.Context) error {
	client := cloudformation.NewFromConfig(s.aws.Config())
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(s.name)})
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
	out, err := client.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: aws.String(s.name)})
	if err != nil {
		return err
	}
	s.resources = map[string]string{}
	for _, r := range out.StackResources {
		s.resources[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
	}
	return nil
}
