// Directives and their results, both ways.
#ifndef PROTO_CODEC_DIRECTIVE_H_
#define PROTO_CODEC_DIRECTIVE_H_

#include "absl/status/statusor.h"
#include "arbiter/v1/probe_service.pb.h"
#include "proto/codec/field_reader.h"
#include "proto/model/directive.h"

namespace arbiter::codec {

[[nodiscard]] v1::Directive ToProto(const model::Directive& directive);
// InvalidArgument names the field that is missing or cannot be read.
[[nodiscard]] absl::StatusOr<model::Directive> ReadDirective(const v1::Directive& message);

// Without the VIPs' reports, which the caller has.
[[nodiscard]] v1::DirectiveResult ToProto(const model::DirectiveResult& result);
// All but `vips`: the reports in the message name them. What is wrong with it stands in the reader afterwards.
[[nodiscard]] model::DirectiveResult ReadDirectiveResult(const v1::DirectiveResult& message, FieldReader* reader);

}  // namespace arbiter::codec

#endif  // PROTO_CODEC_DIRECTIVE_H_
