"""Checks a prompt before it is queued. The error types, messages and key sets are ComfyUI's own."""

import logging
import traceback

import nodes

CONVERSIONS = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


def error(kind, message, details="", extra=None):
    return {"type": kind, "message": message, "details": details, "extra_info": extra or {}}


class Verdict:
    """accepted, what is wrong with the whole, which output nodes may run, what is wrong with single nodes."""

    def __init__(self, accepted, problem=None, outputs=(), node_errors=None):
        self.accepted = accepted
        self.problem = problem
        self.outputs = list(outputs)
        self.node_errors = node_errors or {}


def validate_prompt(prompt, targets=None):
    """targets: ids of the output nodes to run, None for all. Raises for what no prompt looks like."""
    outputs = []
    for node_id, node in prompt.items():
        problem = _unknown_class(node_id, node)
        if problem:
            return Verdict(False, problem)
        if _is_output(node) and (targets is None or node_id in targets):
            outputs.append(node_id)
    if not outputs:
        return Verdict(False, error("prompt_no_outputs", "Prompt has no outputs"))
    return _validate_outputs(prompt, outputs)


def _unknown_class(node_id, node):
    name = node.get("class_type")
    title = node.get("_meta", {}).get("title")
    if name is None:
        message = f"Node 'ID #{node_id}' has no class_type. The workflow may be corrupted or a custom node is missing."
    elif name not in nodes.NODE_CLASS_MAPPINGS:
        message = f"Node '{title or name}' not found. The custom node may not be installed."
    else:
        return None
    extra = {"node_id": node_id, "class_type": name, "node_title": title}
    return error("missing_node_type", message, f"Node ID '#{node_id}'", extra)


def _is_output(node):
    return bool(getattr(nodes.NODE_CLASS_MAPPINGS[node["class_type"]], "OUTPUT_NODE", False))


def _validate_outputs(prompt, outputs):
    good, own_errors, node_errors = [], [], {}
    checker = _Checker(prompt)
    for output in outputs:
        try:
            valid = checker.check(output)
        except Exception as raised:
            valid = False
            checker.results[output] = (False, [_raised("exception_during_validation", "Exception when validating node", raised)])
        if valid:
            good.append(output)
            continue
        mine = checker.results[output][1]
        own_errors += mine
        _collect(checker, prompt, output, node_errors)
        _log_failure(output, mine, node_errors)
    if good:
        return Verdict(True, None, good, node_errors)
    details = "\n".join(f"{found['message']}: {found['details']}" for found in own_errors)
    problem = error("prompt_outputs_failed_validation", "Prompt outputs failed validation", details)
    return Verdict(False, problem, [], node_errors)


def _collect(checker, prompt, output, node_errors):
    for node_id, (valid, errors) in checker.results.items():
        if valid or not errors:
            continue
        entry = node_errors.setdefault(
            node_id, {"errors": errors, "dependent_outputs": [], "class_type": prompt[node_id]["class_type"]})
        entry["dependent_outputs"].append(output)


def _log_failure(output, own_errors, node_errors):
    logging.error("Failed to validate prompt for output %s:", output)
    if own_errors:
        logging.error("* (prompt):")
        _log_errors(own_errors)
    for node_id, entry in node_errors.items():
        logging.error("* %s %s:", entry["class_type"], node_id)
        _log_errors(entry["errors"])
    logging.error("Output will be ignored")


def _log_errors(errors):
    for found in errors:
        logging.error("  - %s: %s", found["message"], found["details"])


def _raised(kind, message, raised, first=None, last=None):
    extra = {"exception_type": type(raised).__name__, "traceback": traceback.format_tb(raised.__traceback__)}
    return error(kind, message, str(raised), {**(first or {}), **extra, **(last or {})})


class _Checker:
    """Follows the links from an output down; results keeps (valid, errors) of every node seen."""

    def __init__(self, prompt):
        self.prompt = prompt
        self.results = {}
        self.path = []

    def check(self, node_id):
        if node_id in self.path:
            self._report_cycle(self.path[self.path.index(node_id) :])
            return False
        if node_id in self.results:
            return self.results[node_id][0]
        self.path.append(node_id)
        try:
            errors, valid = self._check_inputs(node_id)
        finally:
            self.path.pop()
        known = self.results.get(node_id)
        if known:
            return known[0]
        self.results[node_id] = (valid, errors)
        return valid

    def _report_cycle(self, cycle):
        steps = [f"{node_id} ({self.prompt[node_id]['class_type']})" for node_id in [*cycle, cycle[0]]]
        for node_id in cycle:
            extra = {"node_id": node_id, "cycle_nodes": cycle}
            self.results[node_id] = (False, [error("dependency_cycle", "Dependency cycle detected", " -> ".join(steps), extra)])

    def _check_inputs(self, node_id):
        given = self.prompt[node_id]["inputs"]
        node = nodes.NODE_CLASS_MAPPINGS[self.prompt[node_id]["class_type"]]
        declared = node.INPUT_TYPES()
        checks_itself = _names_checked(node)
        errors, valid = [], True
        for kind in ("required", "optional"):
            for name, info in declared.get(kind, {}).items():
                if name not in given:
                    if kind == "required":
                        errors.append(error("required_input_missing", "Required input is missing", name, {"input_name": name}))
                    continue
                config = (info[0], info[1] if len(info) > 1 else {})
                found, linked_valid = self._check_one(given, name, config, name in checks_itself)
                errors += found
                valid = valid and linked_valid
        if not errors and valid:
            errors += _custom_check(node, given, declared)
        return errors, valid and not errors

    def _check_one(self, given, name, config, checks_itself):
        """(errors of this input, whether what it is linked to is valid)"""
        value = given[name]
        if isinstance(value, list):
            return self._check_link(name, config, value)
        try:
            if isinstance(config[0], str) and config[0] in CONVERSIONS:
                given[name] = value = CONVERSIONS[config[0]](value)
        except Exception as raised:
            extra = {"input_name": name, "input_config": config, "received_value": value, "exception_message": str(raised)}
            message = f"Failed to convert an input value to a {config[0]} value"
            return [error("invalid_input_type", message, f"{name}, {value}, {raised}", extra)], True
        found = None if checks_itself else _check_value(name, config, value)
        return ([found] if found else []), True

    def _check_link(self, name, config, value):
        if len(value) != 2:
            extra = {"input_name": name, "input_config": config, "received_value": value}
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            return [error("bad_linked_input", message, name, extra)], True
        source, slot = value
        received = nodes.NODE_CLASS_MAPPINGS[self.prompt[source]["class_type"]].RETURN_TYPES[slot]
        if not _fits(received, config[0]):
            extra = {"input_name": name, "input_config": config, "received_type": received, "linked_node": value}
            details = f"{name}, received_type({received}) mismatch input_type({config[0]})"
            return [error("return_type_mismatch", "Return type mismatch between linked nodes", details, extra)], True
        try:
            return [], self.check(source)
        except Exception as raised:
            first = {"input_name": name, "input_config": config, "exception_message": str(raised)}
            found = _raised("exception_during_inner_validation", "Exception when validating inner node", raised, first, {"linked_node": value})
            self.results[source] = (False, [found])
            return [], False


def _check_value(name, config, value):
    kind, options = config
    extra = {"input_name": name, "input_config": config, "received_value": value}
    if kind in ("INT", "FLOAT") and "min" in options and value < options["min"]:
        return error("value_smaller_than_min", f"Value {value} smaller than min of {options['min']}", name, extra)
    if kind in ("INT", "FLOAT") and "max" in options and value > options["max"]:
        return error("value_bigger_than_max", f"Value {value} bigger than max of {options['max']}", name, extra)
    choices = kind if isinstance(kind, list) else options.get("options") if kind == "COMBO" else None
    if choices is None or value in choices:
        return None
    shown = str(choices)
    if len(choices) > 20:
        shown, extra["input_config"] = f"(list of length {len(choices)})", None
    return error("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {shown}", extra)


def _names_checked(node):
    """The inputs that a node's VALIDATE_INPUTS names: nobody else looks at their values."""
    check = getattr(node, "VALIDATE_INPUTS", None)
    return check.__code__.co_varnames[1 : check.__code__.co_argcount] if check else ()


def _custom_check(node, given, declared):
    known = {**declared.get("required", {}), **declared.get("optional", {})}
    names = [name for name in _names_checked(node) if name in known]
    if not names:
        return []
    verdict = node.VALIDATE_INPUTS(**{name: None if isinstance(given.get(name), list) else given.get(name) for name in names})
    if verdict is True:
        return []
    reason = "" if verdict is False else f" - {verdict}"
    return [error("custom_validation_failed", "Custom validation failed for node", name + reason, {"input_name": name}) for name in names]


def _fits(received, wanted):
    if received == wanted or "*" in (received, wanted):
        return True
    if not isinstance(received, str) or not isinstance(wanted, str):
        return False
    return set(received.replace(" ", "").split(",")) <= set(wanted.replace(" ", "").split(","))
