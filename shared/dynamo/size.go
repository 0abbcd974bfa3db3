package dynamo

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// sizeOf estimates an item's size in bytes as DynamoDB counts it, rather above than below
// (Developer Guide, "DynamoDB item sizes and formats").
func sizeOf(a map[string]types.AttributeValue) int {
	size := 0
	for name, value := range a {
		size += fieldSize(name, value)
	}
	return size
}

func fieldSize(name string, value types.AttributeValue) int { return len(name) + valueSize(value) + 1 }

func valueSize(value types.AttributeValue) int {
	const container = 3
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)/2 + 2
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberM:
		return container + sizeOf(v.Value)
	case *types.AttributeValueMemberL:
		size := container
		for _, element := range v.Value {
			size += valueSize(element) + 1
		}
		return size
	default:
		return 1
	}
}
