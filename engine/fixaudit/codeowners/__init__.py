"""Who owns a file, as an owner file (`CODEOWNERS`) of GitHub's or GitLab's dialect says."""
