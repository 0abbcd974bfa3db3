package deployment

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// Code returns AWS's code of an error, and nothing if AWS did not answer.
func Code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// IsMissing reports whether AWS answered that the thing does not exist.
func IsMissing(err error) bool {
	code := Code(err)
	return strings.HasSuffix(code, "NotFoundException") || code == "NotFound" ||
		strings.HasSuffix(code, "NonExistentQueue") || code == "QueueDoesNotExist"
}

// Advice says what to do about a call to AWS that failed.
func Advice(err error) string {
	code := Code(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "try again; if it lasts, check the network"
	case errors.Is(err, ErrOtherTemplate):
		return "deploy this version, or check --stack"
	case strings.HasPrefix(code, "AccessDenied"), code == "AuthorizationError":
		return "have the stack's MaintainerPolicy attached: your AWS credentials may not do this"
	case strings.HasPrefix(code, "ExpiredToken"), code == "UnrecognizedClientException", code == "InvalidClientTokenId":
		return "log in again: aws sso login, or set AWS_PROFILE"
	case IsMissing(err):
		return "check AWS_REGION and the name; deploy the stack again if it was deleted"
	default:
		return "check AWS_REGION, your credentials (aws sts get-caller-identity) and the network"
	}
}
