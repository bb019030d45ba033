/* SPDX-License-Identifier: MIT */
/* Facts as JSON: every field by the name of its member of struct ptree_fact. */
#include "codec.h"

#include <string.h>

static const char *const source_names[] = {
	[PTREE_FACT_TOLD] = "told", [PTREE_FACT_READ] = "read", [PTREE_FACT_INFERRED] = "inferred"
};

static void put_bytes(struct ptree_json *json, const struct ptree_fact *fact, const char *name,
		      const struct codec_value *value)
{
	if (fact->kind == PTREE_FACT_ARGUMENTS || fact->kind == PTREE_FACT_KEPT_IMAGE)
		ptree_json_arguments(json, "argv", value->bytes, value->size);
	else if (fact->kind == PTREE_FACT_USER)
		ptree_json_string(json, name, value->bytes, value->size);
	else
		ptree_json_hex(json, name, value->bytes, value->size);
}

static void put_value(struct ptree_json *json, const struct ptree_fact *fact,
		      const struct codec_value *value)
{
	const char *dot = strchr(value->name, '.');
	const char *name = dot ? dot + 1 : value->name;

	switch (value->type) {
	case CODEC_FLAG:
		ptree_json_bool(json, name, value->number);
		break;
	case CODEC_UNSIGNED:
		ptree_json_unsigned(json, name, value->number);
		break;
	case CODEC_SIGNED:
		ptree_json_integer(json, name, value->signed_number);
		break;
	case CODEC_UNKNOWN:
		ptree_json_null(json, name);
		break;
	case CODEC_TEXT:
		ptree_json_string(json, name, value->bytes, value->size);
		break;
	case CODEC_BYTES:
		put_bytes(json, fact, name, value);
		break;
	}
}

static void put_values(struct ptree_json *json, const struct ptree_fact *fact)
{
	struct codec_value value;

	ptree_json_object(json, "values");
	for (unsigned i = 0; codec_value(fact, i, &value); i++)
		put_value(json, fact, &value);
	if (fact->more_size)
		ptree_json_hex(json, "more", fact->more, fact->more_size);
	ptree_json_end(json);
}

void ptree_fact_json(const struct ptree_fact *fact, struct ptree_json *json, const char *name)
{
	bool has_source = (unsigned)fact->source <= PTREE_FACT_INFERRED;

	ptree_json_object(json, name);
	ptree_json_text(json, "fact", ptree_fact_kind_name(fact->kind));
	ptree_json_unsigned(json, "kind", fact->kind);
	ptree_json_unsigned(json, "time_ns", fact->time_ns);
	ptree_json_text(json, "source", has_source ? source_names[fact->source] : NULL);
	ptree_json_bool(json, "news", fact->is_news);
	ptree_json_bool(json, "past", fact->is_past);
	if (fact->id)
		ptree_json_unsigned(json, "node", fact->id);
	else
		ptree_json_null(json, "node");
	put_values(json, fact);
	ptree_json_end(json);
}
