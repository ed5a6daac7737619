"""The LLM judge: prompt, schema, client and checks. `judge.open_judge` makes one; importing it imports `openai`."""
