#compdef history
# In zsh, history is a builtin, unless the function of `customization-history shell-init zsh` sends subcommands to this program.
if (( $+functions[history] )); then
    _customization-history "$@"
else
    _fc "$@"
fi
