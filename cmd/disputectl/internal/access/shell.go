package access

import (
	"context"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"disputecloser/cmd/disputectl/internal/cli"
)

// Shell is where the AWS SDK's settings of the person's shell point to.
type Shell struct {
	Region      string
	Credentials aws.CredentialsProvider
	// Endpoints are the addresses that are set in place of the SDK's own choice, by service.
	Endpoints map[string]string
	// Account asks AWS for the account of the credentials. It asks no other server.
	Account func(ctx context.Context) (string, error)
}

// The services whose endpoints decide where a command works.
const (
	stackService    = "cloudformation"
	tableService    = "dynamodb"
	identityService = "sts"
)

// AWSShell reads the AWS SDK's settings. It sends nothing.
func AWSShell(ctx context.Context) (Shell, error) {
	cfg, err := awsConfig(ctx)
	if err != nil {
		return Shell{}, err
	}
	identities := sts.NewFromConfig(cfg)
	s := Shell{Region: cfg.Region, Credentials: cfg.Credentials, Endpoints: map[string]string{}}
	for service, endpoint := range map[string]*string{
		stackService:    cloudformation.NewFromConfig(cfg).Options().BaseEndpoint,
		tableService:    dynamodb.NewFromConfig(cfg).Options().BaseEndpoint,
		identityService: identities.Options().BaseEndpoint,
	} {
		if endpoint != nil {
			s.Endpoints[service] = *endpoint
		}
	}
	s.Account = func(ctx context.Context) (string, error) {
		return accountBy(ctx, identities, s.Endpoints[identityService])
	}
	return s, nil
}

// awsConfig reads the AWS SDK's settings.
func awsConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{}))
	switch {
	case ctx.Err() != nil:
		return aws.Config{}, ctx.Err()
	case err != nil:
		return aws.Config{}, cli.Fail(cli.Misused, "check AWS_PROFILE and the files in ~/.aws", "the AWS settings cannot be read: %w", err)
	case cfg.Region == "":
		return aws.Config{}, cli.Fail(cli.Misused, "set AWS_REGION to the region of the deployment", "no AWS region is set")
	}
	return cfg, nil
}

// identities is STS.
type identities interface {
	GetCallerIdentity(ctx context.Context, in *sts.GetCallerIdentityInput, opts ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error)
}

// accountBy asks AWS for the account of the credentials. Another server than AWS's own, which could answer anything, is
// not asked.
func accountBy(ctx context.Context, api identities, endpoint string) (string, error) {
	if endpoint != "" && !isAWS(identityService, endpoint) {
		return "", cli.Fail(cli.Misused, unset(identityService), "%s is not AWS: it cannot say whose credentials these are", endpoint)
	}
	out, err := api.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	switch {
	case ctx.Err() != nil:
		return "", cli.ErrNothingStored
	case err != nil:
		return "", cli.Fail(cli.Unreachable, "check your credentials: aws sts get-caller-identity", "AWS does not say whose credentials these are: %w", err)
	}
	return aws.ToString(out.Account), nil
}

// foreign returns the first of the endpoints that is not AWS's own, and its service; nothing if all are.
func (s Shell) foreign() (service, endpoint string) {
	for _, service := range slices.Sorted(maps.Keys(s.Endpoints)) {
		if endpoint := s.Endpoints[service]; !isAWS(service, endpoint) {
			return service, endpoint
		}
	}
	return "", ""
}

// tableIsHere reports whether the shell's DynamoDB is on this machine.
func (s Shell) tableIsHere() bool { return isLoopback(s.Endpoints[tableService]) }

// isLoopback reports whether an address is on this machine.
func isLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host).IsLoopback()
}

// awsHost matches the hosts of a service's regional, global, FIPS, dual-stack and VPC endpoints. Other hosts below AWS's domains
// belong to AWS's customers.
var awsHost = regexp.MustCompile(`^(vpce-[a-z0-9-]+\.)?([a-z]+)(-fips)?(\.[a-z]{2,4}(-[a-z]+)+-\d+)?(\.vpce)?\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn)$`)

// isAWS reports whether an address is one of AWS's own for a service.
func isAWS(service, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" && u.Port() != "443" {
		return false
	}
	match := awsHost.FindStringSubmatch(strings.ToLower(u.Hostname()))
	return match != nil && match[2] == service
}

// unset says how to get rid of an endpoint.
func unset(service string) string {
	return "unset AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_" + strings.ToUpper(service) + ", and leave endpoint_url out of ~/.aws/config"
}
