package system

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/cmd/disputectl/internal/deployplan"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

// samProgram is where `make` installs the SAM CLI.
const samProgram = ".tools/sam/bin/sam"

// deployFlags are the flags of deploy.
type deployFlags struct {
	policy, confirm string
	plan            bool
}

// Deploy returns `disputectl deploy`.
func Deploy(env *access.Env) *cobra.Command {
	var e deployFlags
	cmd := &cobra.Command{
		Use:     "deploy ENVIRONMENT",
		Short:   "Show what a deployment does, then build and deploy this checkout",
		GroupID: Group,
		Long: `Show on one screen what is about to be deployed, then build it and deploy it with the SAM CLI.
` + "`make deploy` is `disputectl deploy test`, and `make deploy ENV=live` is `disputectl deploy live`" + `.

ENVIRONMENT is one of samconfig.toml, in the folder of the template. The region is the one set
there, or else that of your AWS settings: AWS_REGION, AWS_DEFAULT_REGION or the profile.

A stack with live money and a policy that closes is deployed only once you have typed live. Without
a terminal, every stack with live money takes --confirm live instead.`,
		Example: `  disputectl deploy test
  disputectl deploy live --plan
  disputectl deploy live --confirm live`,
		Args: cobra.ExactArgs(1),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error { return runDeploy(cmd.Context(), env, args[0], e) }),
	}
	cmd.Flags().StringVar(&e.policy, "policy", "", "the policy `FILE` to build; policy.test.yaml or policy.live.yaml if there is one, and otherwise policy.yaml")
	cmd.Flags().StringVar(&e.confirm, "confirm", "", "the `WORD` live, to deploy live money without a terminal")
	cmd.Flags().BoolVar(&e.plan, "plan", false, "only show what would be deployed")
	return cmd
}

func runDeploy(ctx context.Context, env *access.Env, name string, e deployFlags) error {
	if _, err := os.Stat(env.Path("template.yaml")); err != nil {
		return cli.Fail(cli.Misused, "work in the folder of the checkout", "there is no template.yaml here")
	}
	if e.confirm != "" && e.confirm != policy.EnvironmentLive {
		return cli.Fail(cli.Misused, "say --confirm live", "--confirm %s confirms nothing", e.confirm)
	}
	environment, err := access.ReadEnvironment(&env.Console, name)
	if err != nil {
		return err
	}
	p, err := planOf(ctx, env, environment, e.policy)
	if err != nil {
		return err
	}
	printPlan(&env.Console, p)
	if why, next := p.Refusal(); why != "" {
		return cli.Fail(cli.Found, next, "%s is not deployed: %s", p.Stack, why)
	}
	if e.plan {
		return nil
	}
	unattended, err := confirmed(ctx, &env.Console, p, e.confirm)
	if err != nil {
		return err
	}
	if err := buildAndDeploy(ctx, env, environment, p, unattended); err != nil {
		return err
	}
	screen.Printf(env.Stdout, "\n%s is deployed. Type next:\n", p.Stack)
	for _, command := range p.Next() {
		screen.Printf(env.Stdout, "  %s\n", command)
	}
	return nil
}

// planOf reads the policy, then asks AWS what is deployed now.
func planOf(ctx context.Context, env *access.Env, e access.Environment, file string) (deployplan.Plan, error) {
	p := deployplan.Plan{Stack: e.Stack, Parameters: e.Parameters, File: file}
	if p.Parameters["Environment"] == "" {
		return p, cli.Fail(cli.Misused, "add Environment=test or Environment=live to parameter_overrides in samconfig.toml", "%s does not say which environment it is", e.Name)
	}
	var err error
	if file == "" {
		if p.File, err = input.PolicyFor(&env.Console, p.Parameters["Environment"]); err != nil {
			return p, err
		}
	}
	local, err := input.ReadPolicy(&env.Console, p.File)
	if err != nil {
		return p, err
	}
	p.Document, p.Hash = local.Document, local.Hash()
	d, err := env.Deployer(ctx, e)
	if err != nil {
		return p, err
	}
	p.Region, p.ShellRegion, p.Account, p.Who, p.Endpoint = d.Region, d.ShellRegion, d.Account, d.Who, d.Endpoint
	stack, err := deployment.Open(ctx, d.Cloud.Stacks, e.Stack)
	switch {
	case errors.Is(err, deployment.ErrNoStack):
		return p, nil
	case strings.HasPrefix(deployment.Code(err), "AccessDenied"):
		return p, cli.Fail(cli.Unreachable, "docs/deploy.md names the rights that a deployment needs", "you may not see stack %s: %w", e.Stack, err)
	case err != nil:
		return p, cli.Fail(cli.Unreachable, deployment.Advice(err), "what is deployed is not known: %w", err)
	}
	p.Status = stack.Status
	if _, err := stack.Output(deployment.CloserFunction); err == nil { // a stack whose first deployment failed has none
		p.Deployed, p.DeployedHash, p.Unread = carried(ctx, env, stack, d.Cloud)
	}
	return p, nil
}

// carried reads the policy that the deployed closer carries, and its hash.
func carried(ctx context.Context, env *access.Env, stack deployment.Stack, cloud *deployment.Cloud) (*policy.Document, string, error) {
	closer, err := stack.Function(ctx, cloud.Functions, deployment.CloserFunction)
	if err != nil {
		return nil, "", err
	}
	d, err := closer.Policy(ctx, env.HTTP)
	if err != nil {
		return nil, "", err
	}
	compiled, err := policy.Compile(d)
	if err != nil {
		return nil, "", err
	}
	return &d, compiled.Hash(), nil
}

func printPlan(console *cli.Console, p deployplan.Plan) {
	paint := console.Paint()
	lines := p.Lines()
	width := 0
	for _, line := range lines {
		width = max(width, len([]rune(line.What)))
	}
	indent := strings.Repeat(" ", width+2)
	for _, line := range lines {
		before := fmt.Sprintf("%-*s", width+2, line.What)
		for _, text := range wrapped(console, cli.OneLine(line.Text), len(indent)) {
			if line.Alarm {
				text = paint.Red(text)
			}
			screen.Printf(console.Stdout, "%s%s\n", before, text)
			before = indent
		}
	}
}

// confirmed has a person type the word live where rules close live money. It reports whether nobody is there to answer
// questions.
func confirmed(ctx context.Context, console *cli.Console, p deployplan.Plan, word string) (unattended bool, err error) {
	atTerminal := console.IsTerminal != nil && console.IsTerminal(console.Stdin)
	switch {
	case word != "" || !p.Live():
		return word != "" || !atTerminal, nil
	case !atTerminal:
		return true, cli.Fail(cli.Misused, "say --confirm live (make deploy ENV=live CONFIRM=live)", "%s moves live money, and nobody is at a terminal to confirm: nothing was deployed", p.Stack)
	case !p.Closes():
		return false, nil
	}
	screen.Printf(console.Stderr, "\nThe rules above will close disputes about live money by themselves.\n")
	if err := console.Confirm(ctx, policy.EnvironmentLive, "type live to deploy it", func(string) bool { return false }); err != nil {
		return false, cli.Fail(cli.Found, "type live to deploy it", "not confirmed: nothing was deployed")
	}
	return false, nil
}

// buildAndDeploy builds with make, checks what was built, and deploys with the SAM CLI.
func buildAndDeploy(ctx context.Context, env *access.Env, e access.Environment, p deployplan.Plan, unattended bool) error {
	if err := env.Execute(ctx, "make", "--no-print-directory", "build", "ENV="+e.Name, "POLICY="+p.File); err != nil {
		return cli.Fail(cli.Found, "see above", "not built, and nothing was deployed: %w", err)
	}
	if err := builtFor(env.Path(".aws-sam/build"), p.Parameters[deployment.Architecture]); err != nil {
		return cli.Fail(cli.Found, "build again: make clean, then make deploy ENV="+e.Name, "nothing was deployed: %w", err)
	}
	args := []string{"deploy", "--config-env", e.Name, "--region", p.Region}
	if unattended {
		args = append(args, "--no-confirm-changeset")
	}
	if err := env.Execute(ctx, samProgram, args...); err != nil {
		return cli.Fail(cli.Unreachable, "see above; the stack's events say why: aws cloudformation describe-stack-events --region "+p.Region+" --stack-name "+p.Stack,
			"the deployment did not succeed: %w", err)
	}
	return nil
}

// machines are the processors as an executable names them, by the template's names.
var machines = map[string]elf.Machine{"arm64": elf.EM_AARCH64, "x86_64": elf.EM_X86_64}

// builtFor checks that every executable below a folder is for an architecture; arm64, the template's default, if empty.
func builtFor(folder, architecture string) error {
	if architecture == "" {
		architecture = "arm64"
	}
	found, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("no executable was built")
	}
	for _, path := range found {
		file, err := elf.Open(path)
		if err != nil {
			return fmt.Errorf("the executable of %s: %w", filepath.Base(filepath.Dir(path)), err)
		}
		machine := file.Machine
		if err := file.Close(); err != nil {
			return err
		}
		if machine != machines[architecture] {
			return fmt.Errorf("the executable of %s is for %s, and the stack's Architecture is %s", filepath.Base(filepath.Dir(path)), machine, architecture)
		}
	}
	return nil
}
